/** A question that was answered: its answer's key, and what must be equal besides its vector. */
export type Asked = { readonly key: string; readonly guard: string }

export type Nearest = { readonly key: string; readonly similarity: number }

/** What the list itself, and each question besides its vector, take; measured roughly. */
const listBytes = 400
const askedBytes = 300

/**
 * The vectors of one partition in one block of memory, the newest `limit` of them; searching looks at every one, so
 * that the best is always found. Vectors have length 1, so that a product is a cosine.
 */
export class VectorList {
  readonly dimensions: number
  readonly #limit: number
  #vectors: Float32Array<ArrayBuffer>
  #asked: (Asked | undefined)[] = []
  /** Where the next one goes when all places are taken: the oldest. */
  #oldest = 0

  constructor(dimensions: number, limit: number) {
    this.dimensions = dimensions
    this.#limit = limit
    this.#vectors = new Float32Array(dimensions)
  }

  get size(): number {
    let count = 0
    for (const asked of this.#asked) if (asked !== undefined) count += 1
    return count
  }

  get bytes(): number {
    return listBytes + this.#vectors.byteLength + this.#asked.length * askedBytes
  }

  add(asked: Asked, vector: Float32Array): void {
    const free = this.#asked.findIndex((known) => known === undefined || known.key === asked.key)
    const place = free === -1 ? this.#takePlace() : free
    this.#asked[place] = asked
    this.#vectors.set(vector, place * this.dimensions)
  }

  /** The most similar question with the same guard, when it is at least as similar as `threshold`. */
  nearest(vector: Float32Array, guard: string, threshold: number): Nearest | undefined {
    let best: Nearest | undefined
    for (let place = 0; place < this.#asked.length; place++) {
      const asked = this.#asked[place]
      if (asked === undefined || asked.guard !== guard) continue
      const similarity = this.#product(place * this.dimensions, vector)
      if (similarity >= threshold && (best === undefined || similarity > best.similarity)) {
        best = { key: asked.key, similarity }
      }
    }
    return best
  }

  forget(keys: ReadonlySet<string>): void {
    for (const [place, asked] of this.#asked.entries()) {
      if (asked !== undefined && keys.has(asked.key)) this.#asked[place] = undefined
    }
  }

  #takePlace(): number {
    if (this.#asked.length < this.#limit) {
      if ((this.#asked.length + 1) * this.dimensions > this.#vectors.length) this.#grow()
      return this.#asked.length
    }
    const place = this.#oldest
    this.#oldest = (this.#oldest + 1) % this.#limit
    return place
  }

  #grow(): void {
    const room = Math.min(this.#limit, this.#asked.length * 2)
    const larger = new Float32Array(room * this.dimensions)
    larger.set(this.#vectors)
    this.#vectors = larger
  }

  /** Four sums at a time: the processor need not wait for one addition to begin the next. */
  #product(start: number, vector: Float32Array): number {
    const vectors = this.#vectors
    const { length } = vector
    let a = 0
    let b = 0
    let c = 0
    let d = 0
    let index = 0
    for (; index + 3 < length; index += 4) {
      const place = start + index
      a += (vectors[place] ?? 0) * (vector[index] ?? 0)
      b += (vectors[place + 1] ?? 0) * (vector[index + 1] ?? 0)
      c += (vectors[place + 2] ?? 0) * (vector[index + 2] ?? 0)
      d += (vectors[place + 3] ?? 0) * (vector[index + 3] ?? 0)
    }
    for (; index < length; index++) a += (vectors[start + index] ?? 0) * (vector[index] ?? 0)
    return a + b + c + d
  }
}
