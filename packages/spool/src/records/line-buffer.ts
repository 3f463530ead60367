const smallestBytes = 256 * 1024
/** What a burst of long lines has made larger than this is given back. */
const keptBytes = 4 * 1024 * 1024

/** Memory that lines are written into one after the other, used again and again; grows for what does not fit. */
export class LineBuffer {
  #bytes = Buffer.allocUnsafeSlow(smallestBytes)
  #length = 0

  /** Valid until the next `clear`. */
  get lines(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  clear(): void {
    this.#length = 0
    if (this.#bytes.length > keptBytes) this.#bytes = Buffer.allocUnsafeSlow(smallestBytes)
  }

  /** As UTF-8. */
  text(text: string): void {
    // No UTF-16 unit takes more than three bytes.
    this.#grow(text.length * 3)
    this.#length += this.#bytes.write(text, this.#length)
  }

  /** Each character is one byte. */
  binary(text: string): void {
    this.#grow(text.length)
    this.#length += this.#bytes.write(text, this.#length, 'latin1')
  }

  #grow(byBytes: number): void {
    const neededBytes = this.#length + byBytes
    if (neededBytes <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(neededBytes, this.#bytes.length * 2))
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
}
