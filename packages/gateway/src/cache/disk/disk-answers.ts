import { meetsFilter, type AnswerFilter, type CachedAnswer } from '../cached-answer.ts'
import type { HeldAnswers } from '../held-answers.ts'
import type { AnswerFiles } from './answer-files.ts'
import { AnswerPlaces, type AnswerPlace, type Segment } from './answer-places.ts'
import { openSegment, type SegmentNotes } from './open-segment.ts'
import type { RecordHead } from './record-head.ts'
import type { EmbeddedQuestion, SemanticIndex } from '../semantic/semantic-index.ts'
import { decodeRecord, encodeRecord } from './segment-record.ts'
import { storeQuestion } from './stored-question.ts'

export type DiskOptions = {
  readonly files: AnswerFiles
  /** When all segments together are larger, the oldest one is deleted. */
  readonly maxBytes: number
  /** Answers that are known by place at once, because each takes memory; default 100,000. */
  readonly maxAnswers?: number
  /** Bytes that wait to be written; what comes on top is not kept on disk. Default 16 MB. */
  readonly maxWaitingBytes?: number
  /** Told the questions of answers that are found. */
  readonly index?: SemanticIndex
  readonly nowMs: () => number
}

export type DiskReport = {
  readonly answers: number
  readonly bytes: number
  readonly segments: number
  /** Answers that were not written: too much at once, or a disk that fails. */
  readonly dropped: number
  /** Answers and segments that could not be read. */
  readonly unreadable: number
  readonly lastError: string
}

type Waiting = { readonly head: RecordHead; readonly bytes: Buffer; isForgotten: boolean }

const suffix = '.answers'
/** Names of segments. */
export const segmentName = /^\d{12}\.answers$/
const pauseMs = 5_000
const largestBatchBytes = 4 * 1024 * 1024

/**
 * Answers in append-only segment files, found again after a restart. Writing happens behind the calls: `append` and
 * `forget` return at once. A disk that fails costs answers, never a call: after an error nothing is written for a
 * while. A `forget` that cannot be written deletes all segments instead, so that nothing forgotten comes back.
 * One process owns the folder.
 */
export class DiskAnswers {
  readonly #options: DiskOptions
  readonly #places = new AnswerPlaces()
  readonly #segments: Segment[] = []
  readonly #segmentBytes: number
  #current: Segment | undefined
  #waiting: Waiting[] = []
  #writing: Waiting[] = []
  #waitingBytes = 0
  #drained: Promise<void> | undefined
  #nextNumber = 1
  #pausedUntilMs = 0
  #isClosed = false
  #dropped = 0
  #unreadable = 0
  #lastError = ''

  constructor(options: DiskOptions) {
    this.#options = options
    this.#segmentBytes = Math.min(16 * 1024 * 1024, Math.ceil(options.maxBytes / 8))
  }

  /** Reads what earlier processes have left; segments that cannot be read are skipped. */
  async open(): Promise<this> {
    const { files } = this.#options
    const names = await files.list().catch((error: unknown) => this.#noteUnreadable(error))
    for (const name of (names ?? []).filter((each) => segmentName.test(each)).toSorted()) {
      this.#nextNumber = Number(name.slice(0, 12)) + 1
      const context = this.#notes(false)
      const opened = await openSegment(files, name, context).catch((error: unknown) =>
        this.#noteUnreadable(error),
      )
      if (opened === undefined) continue
      this.#segments.push(opened.segment)
      if (!opened.isWhole) this.#unreadable += 1
    }
    await this.#makeRoom(0)
    return this
  }

  get held(): HeldAnswers {
    return this.#places.held
  }

  /** Takes over segments of a process that is gone. Its answers are the first to go when there is no room. */
  async adopt(paths: readonly string[]): Promise<void> {
    const { files } = this.#options
    const adopted: Segment[] = []
    for (const path of paths) {
      if (this.#isClosed) return
      const name = this.#nextName()
      const context = this.#notes(true)
      const opened = await files
        .take(path, name)
        .then(() => openSegment(files, name, context))
        .catch((error: unknown) => this.#noteUnreadable(error))
      if (opened !== undefined) adopted.push(opened.segment)
    }
    this.#segments.unshift(...adopted)
    await this.#makeRoom(0)
  }

  /** Where an answer is, when it can be loaded. */
  find(key: string): AnswerPlace | undefined {
    return this.#places.get(key)
  }

  /** Undefined when it was forgotten meanwhile, or cannot be read. */
  async load(key: string): Promise<CachedAnswer | undefined> {
    const place = this.#places.get(key)
    if (place === undefined) return undefined
    const { segment, offset, lengthBytes } = place
    const bytes = await segment.file
      .read(offset, lengthBytes)
      .catch((error: unknown) => this.#noteUnreadable(error))
    if (this.#places.get(key) !== place) return undefined
    const record = bytes === undefined ? undefined : decodeRecord(bytes, 0)
    if (record?.head.kind === 'answer' && record.head.key === key)
      return { facts: record.head.facts, body: record.body }
    if (bytes !== undefined) this.#unreadable += 1
    this.#places.delete(key)
    return undefined
  }

  /** `question`: what similar ones find it by. */
  append(key: string, { facts, body }: CachedAnswer, question?: EmbeddedQuestion): void {
    this.#places.delete(key)
    const waitingLimit = this.#options.maxWaitingBytes ?? 16 * 1024 * 1024
    const isTooMuch = this.#waitingBytes + body.length > waitingLimit || body.length > this.#segmentBytes
    if (this.#isClosed || isTooMuch || this.#isPaused) {
      this.#dropped += 1
      return
    }
    const stored = question === undefined ? undefined : storeQuestion(question)
    this.#enqueue({ kind: 'answer', key, facts, ...(stored === undefined ? {} : { question: stored }) }, body)
  }

  /** Returns the keys of what was forgotten, as far as it was on disk already. */
  forget(filter: AnswerFilter): string[] {
    // They are written all the same: without them a restart would find the answers that they replace.
    for (const waiting of [...this.#waiting, ...this.#writing]) {
      const { head } = waiting
      if (head.kind === 'answer' && meetsFilter(head.key, head.facts, filter)) waiting.isForgotten = true
    }
    const keys = this.#places.forget(filter)
    if (!this.#isClosed) this.#enqueue({ kind: 'forget', filter })
    return keys
  }

  /** Resolves when everything that waits now is written or given up. */
  async flush(): Promise<void> {
    while (this.#drained !== undefined) await this.#drained
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.flush()
    await Promise.allSettled(this.#segments.map(({ file }) => file.close()))
    this.#segments.length = 0
  }

  describe(): DiskReport {
    return {
      answers: this.#places.size,
      bytes: this.#bytes(),
      segments: this.#segments.length,
      dropped: this.#dropped,
      unreadable: this.#unreadable,
      lastError: this.#lastError,
    }
  }

  #notes(isAdopted: boolean): SegmentNotes {
    const { index, nowMs } = this.#options
    return { places: this.#places, index, isAdopted, nowMs: nowMs() }
  }

  /** A clock that went back must not make a pause longer. */
  get #isPaused(): boolean {
    const restMs = this.#pausedUntilMs - this.#options.nowMs()
    return restMs > 0 && restMs <= pauseMs
  }

  #enqueue(head: RecordHead, body?: Buffer): void {
    const bytes = encodeRecord(head, body)
    this.#waiting.push({ head, bytes, isForgotten: false })
    this.#waitingBytes += bytes.length
    this.#drained ??= this.#drain()
  }

  async #drain(): Promise<void> {
    // What comes in the same turn of the event loop is written together.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#waiting.length > 0) {
      this.#writing = this.#takeBatch()
      try {
        await this.#write(this.#writing)
      } catch (error) {
        await this.#giveUp(this.#writing, error)
      }
      for (const { bytes } of this.#writing) this.#waitingBytes -= bytes.length
      this.#writing = []
    }
    this.#drained = undefined
  }

  #takeBatch(): Waiting[] {
    const limit = Math.min(largestBatchBytes, this.#segmentBytes)
    let bytes = 0
    const end = this.#waiting.findIndex((waiting) => (bytes += waiting.bytes.length) > limit)
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : Math.max(1, end))
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    const bytes = Buffer.concat(batch.map((waiting) => waiting.bytes))
    await this.#makeRoom(bytes.length)
    const segment = await this.#segmentFor(bytes.length)
    await segment.file.write(segment.sizeBytes, bytes)
    let offset = segment.sizeBytes
    segment.sizeBytes += bytes.length
    for (const { head, bytes: record, isForgotten } of batch) {
      if (head.kind === 'answer' && !isForgotten) {
        this.#places.set(head.key, head.facts, { segment, offset, lengthBytes: record.length })
      }
      offset += record.length
    }
  }

  async #giveUp(batch: readonly Waiting[], error: unknown): Promise<void> {
    this.#lastError = String(error)
    this.#pausedUntilMs = this.#options.nowMs() + pauseMs
    // Half a record may be at its end, so nothing can be read behind it.
    this.#current = undefined
    this.#dropped += batch.filter(({ head }) => head.kind === 'answer').length
    if (batch.some(({ head }) => head.kind === 'forget')) {
      while (this.#segments[0] !== undefined) await this.#dropOldest()
    }
  }

  async #segmentFor(bytes: number): Promise<Segment> {
    const current = this.#current
    if (current !== undefined && current.sizeBytes + bytes <= this.#segmentBytes) return current
    const name = this.#nextName()
    const made: Segment = { name, file: await this.#options.files.create(name), sizeBytes: 0, keys: [] }
    this.#segments.push(made)
    this.#current = made
    return made
  }

  #nextName(): string {
    const name = `${String(this.#nextNumber).padStart(12, '0')}${suffix}`
    this.#nextNumber += 1
    return name
  }

  async #makeRoom(bytes: number): Promise<void> {
    const { maxBytes, maxAnswers = 100_000 } = this.#options
    while (
      this.#segments.length > 0 &&
      (this.#bytes() + bytes > maxBytes || this.#places.size > maxAnswers)
    ) {
      await this.#dropOldest()
    }
  }

  async #dropOldest(): Promise<void> {
    const segment = this.#segments.shift()
    if (segment === undefined) return
    if (segment === this.#current) this.#current = undefined
    this.#places.dropSegment(segment)
    await Promise.allSettled([segment.file.close(), this.#options.files.remove(segment.name)])
  }

  #bytes(): number {
    let bytes = 0
    for (const { sizeBytes } of this.#segments) bytes += sizeBytes
    return bytes
  }

  #noteUnreadable(error: unknown): undefined {
    this.#unreadable += 1
    this.#lastError = String(error)
    return undefined
  }
}
