import { AnswerFlights } from './answer-flights.ts'
import { CacheStats, type PolicyStats } from './cache-stats.ts'
import { isFresh, type AnswerFacts, type AnswerFilter, type CachedAnswer } from './cached-answer.ts'
import { diskAnswerFiles, type AnswerFiles } from './disk/answer-files.ts'
import { DiskAnswers, type DiskReport } from './disk/disk-answers.ts'
import type { HeldByPolicy } from './held-answers.ts'
import { MemoryAnswers } from './memory-answers.ts'
import { SemanticIndex, type EmbeddedQuestion, type SemanticReport } from './semantic/semantic-index.ts'

export type AnswerCacheOptions = {
  /** This process's alone. Absent: answers are kept in memory only. */
  readonly folder?: string
  /** Default 64 MB. */
  readonly maxMemoryBytes?: number
  /** Default 256 MB. */
  readonly maxDiskBytes?: number
  /** Larger answers are not kept; default 1 MB. */
  readonly maxAnswerBytes?: number
  /** Vectors of questions; default 64 MB. */
  readonly maxIndexBytes?: number
  /** Wall clock, because answers outlive the process; default `Date.now`. */
  readonly nowMs?: () => number
  /** For tests of a disk that fails. */
  readonly files?: AnswerFiles
}

/** What the cache holds and did, for metrics. */
export type CacheFigures = {
  readonly memory: { readonly answers: number; readonly bytes: number; readonly evictions: number }
  readonly disk: DiskReport | undefined
  readonly index: SemanticReport
  readonly policies: readonly PolicyStats[]
  /** Hits that waited for another call. */
  readonly coalesced: number
}

/** Answers that were given before: in memory, and on disk for after a restart and for what memory has no room for. */
export class AnswerCache {
  readonly stats = new CacheStats()
  readonly flights = new AnswerFlights()
  /** Of questions; points to answers by their key. */
  readonly index: SemanticIndex
  /** Larger answers are not kept. */
  readonly maxAnswerBytes: number
  /** How often something was forgotten: an answer that was asked for before that may be what was meant. */
  forgettings = 0
  readonly #memory: MemoryAnswers
  readonly #disk: DiskAnswers | undefined
  readonly #nowMs: () => number

  /** Use {@link openAnswerCache}. */
  constructor(options: AnswerCacheOptions, index: SemanticIndex, disk: DiskAnswers | undefined) {
    this.#memory = new MemoryAnswers(options.maxMemoryBytes ?? 64 * 1024 * 1024)
    this.#disk = disk
    this.maxAnswerBytes = options.maxAnswerBytes ?? 1024 * 1024
    this.#nowMs = options.nowMs ?? Date.now
    this.index = index
  }

  /** The answer when it is in memory; `on-disk` when `load` may find it; undefined when there is none. */
  find(key: string, maxAgeMs: number): CachedAnswer | 'on-disk' | undefined {
    const nowMs = this.#nowMs()
    const known = this.#memory.get(key)
    if (known !== undefined) {
      if (isFresh(known.facts, nowMs, maxAgeMs)) return known
      if (nowMs >= known.facts.expiresAtMs) this.#memory.delete(key)
      return undefined
    }
    const place = this.#disk?.find(key)
    return place !== undefined && isFresh(place, nowMs, maxAgeMs) ? 'on-disk' : undefined
  }

  /** Reads an answer from disk into memory. Undefined when it is gone; never throws. */
  async load(key: string, maxAgeMs: number): Promise<CachedAnswer | undefined> {
    const loaded = await this.#disk?.load(key)
    if (loaded === undefined || !isFresh(loaded.facts, this.#nowMs(), maxAgeMs)) return undefined
    this.#memory.set(key, loaded)
    return loaded
  }

  /** Keeps an answer; returns at once. The times follow from `ttlMs`. Similar questions find it when its own is given. False when it is too large to be kept. */
  keep(
    key: string,
    answer: { readonly facts: Omit<AnswerFacts, 'createdAtMs' | 'expiresAtMs'>; readonly body: Buffer },
    { ttlMs, question }: { readonly ttlMs: number; readonly question?: EmbeddedQuestion | undefined },
  ): boolean {
    if (answer.body.length > this.maxAnswerBytes) return false
    const createdAtMs = this.#nowMs()
    const facts = { ...answer.facts, createdAtMs, expiresAtMs: createdAtMs + ttlMs }
    // A slice would keep all of the memory that it was cut from.
    const body = Buffer.allocUnsafeSlow(answer.body.length)
    answer.body.copy(body)
    this.#memory.set(key, { facts, body })
    this.#disk?.append(key, { facts, body }, question)
    if (question !== undefined) this.index.add(question, key)
    return true
  }

  /** The question of an answer that was kept before its vector was known; nothing when the answer is gone. */
  addQuestion(key: string, question: EmbeddedQuestion): void {
    const known = this.#memory.get(key)
    if (known === undefined) return
    this.index.add(question, key)
    this.#disk?.append(key, known, question)
  }

  /** Forgets answers at once, and for good: a restart does not bring them back. Returns how many there were. */
  forget(filter: AnswerFilter): number {
    this.forgettings += 1
    const keys = new Set(this.#memory.forget(filter))
    for (const key of this.#disk?.forget(filter) ?? []) keys.add(key)
    this.index.forget(keys)
    return keys.size
  }

  describe(): CacheFigures {
    const { size, bytes, evictions } = this.#memory
    return {
      memory: { answers: size, bytes, evictions },
      disk: this.#disk?.describe(),
      index: this.index.describe(),
      policies: this.stats.list(),
      coalesced: this.stats.coalesced,
    }
  }

  /** Takes over what the disk of another process kept that is gone. */
  async adopt(paths: readonly string[]): Promise<void> {
    await this.#disk?.adopt(paths)
  }

  /** What is kept now, by policy. */
  held(): { readonly memory: readonly HeldByPolicy[]; readonly disk: readonly HeldByPolicy[] } {
    return { memory: this.#memory.held.list(), disk: this.#disk?.held.list() ?? [] }
  }

  /** Resolves when what was kept or forgotten until now is on disk. */
  async flush(): Promise<void> {
    await this.#disk?.flush()
  }

  async close(): Promise<void> {
    await this.#disk?.close()
  }
}

/** Opens a cache with what an earlier process has left. A folder that cannot be used leaves the cache to memory alone. */
export async function openAnswerCache(options: AnswerCacheOptions = {}): Promise<AnswerCache> {
  const { folder, maxDiskBytes = 256 * 1024 * 1024, nowMs = Date.now } = options
  const index = new SemanticIndex({ maxBytes: options.maxIndexBytes ?? 64 * 1024 * 1024 })
  const files = options.files ?? (folder === undefined ? undefined : diskAnswerFiles(folder))
  if (files === undefined || maxDiskBytes <= 0) return new AnswerCache(options, index, undefined)
  const disk = new DiskAnswers({ files, maxBytes: maxDiskBytes, index, nowMs })
  return new AnswerCache(options, index, await disk.open())
}
