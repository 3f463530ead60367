const lineFeed = 0x0a

/** Cuts bytes into lines of UTF-8; holds at most `limitBytes` of an unfinished line. */
export class LineReader {
  readonly #limitBytes: number
  #parts: Buffer[] = []
  #bytes = 0

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
  }

  /** The lines that this chunk completes; undefined when a line is longer than the limit. */
  push(chunk: Buffer): string[] | undefined {
    const lines: string[] = []
    let start = 0
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      if (this.#bytes + end - start > this.#limitBytes) return undefined
      lines.push(Buffer.concat([...this.#parts, chunk.subarray(start, end)]).toString())
      this.#parts = []
      this.#bytes = 0
      start = end + 1
    }
    if (start === chunk.length) return lines
    this.#parts.push(chunk.subarray(start))
    this.#bytes += chunk.length - start
    return this.#bytes > this.#limitBytes ? undefined : lines
  }
}
