/** Longest answer of a provider that is collected whole. */
export const answerLimitBytes = 64 * 1024 * 1024

/** Chunks of an answer up to a limit. */
export class CollectedBytes {
  readonly #limitBytes: number
  readonly #chunks: Buffer[] = []
  #sizeBytes = 0

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
  }

  /** False when the chunk does not fit any more. */
  add(chunk: Buffer): boolean {
    this.#sizeBytes += chunk.length
    if (this.#sizeBytes > this.#limitBytes) return false
    this.#chunks.push(chunk)
    return true
  }

  bytes(): Buffer {
    const [only] = this.#chunks
    return this.#chunks.length === 1 && only !== undefined ? only : Buffer.concat(this.#chunks)
  }
}
