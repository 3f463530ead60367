const newline = 0x0a

/** Cuts bytes into lines, wherever the network cut them. */
export class LineSplitter {
  readonly #limitBytes: number
  #parts: Buffer[] = []
  #sizeBytes = 0

  constructor(limitBytes = 16 * 1024 * 1024) {
    this.#limitBytes = limitBytes
  }

  /** The lines that this chunk completes, without their line breaks. Throws RangeError for one beyond the limit. */
  push(chunk: Buffer): string[] {
    const lines: string[] = []
    let start = 0
    for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, start)) {
      lines.push(Buffer.concat([...this.#parts, chunk.subarray(start, at)]).toString())
      this.#parts = []
      this.#sizeBytes = 0
      start = at + 1
    }
    const rest = chunk.subarray(start)
    this.#sizeBytes += rest.length
    if (this.#sizeBytes > this.#limitBytes)
      throw new RangeError(`A line is longer than ${this.#limitBytes} bytes.`)
    if (rest.length > 0) this.#parts.push(rest)
    return lines
  }
}
