import { meetsFilter, type AnswerFilter, type CachedAnswer } from './cached-answer.ts'
import { HeldAnswers } from './held-answers.ts'

type Entry = {
  readonly key: string
  readonly answer: CachedAnswer
  readonly sizeBytes: number
  newer: Entry | undefined
  older: Entry | undefined
}

/** What an entry takes besides key and body: its objects and its place in the table, measured roughly. */
const entryBytes = 700

/**
 * Answers in memory, the least recently used going first when their bytes exceed the limit. A list through the entries
 * keeps the order, so that a hit changes two links and never the table.
 */
export class MemoryAnswers {
  readonly held = new HeldAnswers()
  readonly #entries = new Map<string, Entry>()
  readonly #maxBytes: number
  #newest: Entry | undefined
  #oldest: Entry | undefined
  bytes = 0
  evictions = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get size(): number {
    return this.#entries.size
  }

  /** The answer, now the most recently used. */
  get(key: string): CachedAnswer | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    if (entry !== this.#newest) {
      this.#unlink(entry)
      this.#linkNewest(entry)
    }
    return entry.answer
  }

  /** An answer that is larger than the limit is not taken. */
  set(key: string, answer: CachedAnswer): void {
    this.delete(key)
    const sizeBytes = entryBytes + 2 * key.length + answer.body.length
    if (sizeBytes > this.#maxBytes) return
    const entry: Entry = { key, answer, sizeBytes, newer: undefined, older: undefined }
    this.#entries.set(key, entry)
    this.#linkNewest(entry)
    this.bytes += sizeBytes
    this.held.add(answer.facts, sizeBytes)
    while (this.bytes > this.#maxBytes && this.#oldest !== undefined) {
      this.#remove(this.#oldest)
      this.evictions += 1
    }
  }

  delete(key: string): void {
    const entry = this.#entries.get(key)
    if (entry !== undefined) this.#remove(entry)
  }

  /** Returns the keys of what was forgotten. */
  forget(filter: AnswerFilter): string[] {
    const found = [...this.#entries.values()].filter(({ key, answer }) =>
      meetsFilter(key, answer.facts, filter),
    )
    for (const entry of found) this.#remove(entry)
    return found.map(({ key }) => key)
  }

  #remove(entry: Entry): void {
    this.#entries.delete(entry.key)
    this.#unlink(entry)
    this.bytes -= entry.sizeBytes
    this.held.remove(entry.answer.facts, entry.sizeBytes)
  }

  #linkNewest(entry: Entry): void {
    entry.older = this.#newest
    entry.newer = undefined
    if (this.#newest !== undefined) this.#newest.newer = entry
    this.#newest = entry
    this.#oldest ??= entry
  }

  #unlink(entry: Entry): void {
    const { newer, older } = entry
    if (newer === undefined) this.#newest = older
    else newer.older = older
    if (older === undefined) this.#oldest = newer
    else older.newer = newer
    entry.newer = undefined
    entry.older = undefined
  }
}
