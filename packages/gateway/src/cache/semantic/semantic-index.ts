import { VectorList, type Nearest } from './vector-list.ts'

export type SemanticOptions = {
  /** Of all vectors together; the partitions that were used longest ago go first. */
  readonly maxBytes: number
  /** Questions of one partition; default 5,000, the newest. */
  readonly maxQuestions?: number
}

export type SemanticReport = {
  readonly partitions: number
  readonly questions: number
  readonly bytes: number
}

/** A question as `planCache` gives it, with its vector. */
export type EmbeddedQuestion = {
  readonly partition: string
  readonly guard: string
  readonly vector: Float32Array
}

/**
 * Finds answered questions that mean the same. Everything about a request but its last question must be equal (the
 * partition), so must numbers, names and the like within the question (the guard); the vectors decide about the rest.
 * In memory; on disk the vectors stand with the answers, and after a restart they are read from there.
 */
export class SemanticIndex {
  /** In the order of their last use. */
  readonly #partitions = new Map<string, VectorList>()
  readonly #options: SemanticOptions
  #bytes = 0

  constructor(options: SemanticOptions) {
    this.#options = options
  }

  /** The best question of at least this likeness. Whether its answer still exists is for the cache to say. */
  find({ partition, guard, vector }: EmbeddedQuestion, threshold: number): Nearest | undefined {
    const list = this.#partitions.get(partition)
    const unit = normalise(vector)
    if (list === undefined || unit === undefined || list.dimensions !== unit.length) return undefined
    this.#partitions.delete(partition)
    this.#partitions.set(partition, list)
    return list.nearest(unit, guard, threshold)
  }

  /** Notes a question whose answer is kept under `key`. A vector without direction (a text without words) is not. */
  add({ partition, guard, vector }: EmbeddedQuestion, key: string): void {
    const unit = normalise(vector)
    if (unit === undefined) return
    let list = this.#partitions.get(partition)
    if (list !== undefined) this.#remove(partition, list)
    // Vectors of another length come from another model; they cannot be compared.
    if (list?.dimensions !== unit.length)
      list = new VectorList(unit.length, this.#options.maxQuestions ?? 5_000)
    list.add({ key, guard }, unit)
    this.#partitions.set(partition, list)
    this.#bytes += list.bytes
    for (const [oldest, other] of this.#partitions) {
      if (this.#bytes <= this.#options.maxBytes) return
      this.#remove(oldest, other)
    }
  }

  /** For an answer that was found here and is gone from the cache. */
  drop(partition: string, key: string): void {
    this.#partitions.get(partition)?.forget(new Set([key]))
  }

  forget(keys: ReadonlySet<string>): void {
    if (keys.size === 0) return
    for (const [partition, list] of this.#partitions) {
      list.forget(keys)
      if (list.size === 0) this.#remove(partition, list)
    }
  }

  describe(): SemanticReport {
    let questions = 0
    for (const list of this.#partitions.values()) questions += list.size
    return { partitions: this.#partitions.size, questions, bytes: this.#bytes }
  }

  #remove(partition: string, list: VectorList): void {
    this.#partitions.delete(partition)
    this.#bytes -= list.bytes
  }
}

/** The vector with length 1; undefined when it has none, or holds what is no number. */
function normalise(vector: Float32Array): Float32Array | undefined {
  let square = 0
  for (const value of vector) square += value * value
  if (!(square > 0) || square === Number.POSITIVE_INFINITY) return undefined
  const length = Math.sqrt(square)
  return Math.abs(length - 1) < 1e-6 ? vector : vector.map((value) => value / length)
}
