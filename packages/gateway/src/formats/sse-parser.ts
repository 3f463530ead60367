/** One block of an event stream: everything up to and including a blank line. */
export type SseBlock = {
  /** The bytes as they came. */
  readonly raw: Buffer
  /** The joined `data:` lines; undefined when the block has none (comments, heartbeats). */
  readonly data: string | undefined
  /** The `event:` line; empty when there is none. */
  readonly event: string
}

const lineFeed = 0x0a
const carriageReturn = 0x0d
const noBytes = Buffer.alloc(0)

/**
 * Cuts the bytes of an event stream into blocks, wherever the network cut them: inside a character, between
 * CR and LF, one byte at a time. Each byte is looked at once and comes out in exactly one block.
 */
export class SseParser {
  readonly #maxBlockBytes: number
  #parts: Buffer[] = []
  #partsBytes = 0
  #lineBytes = 0
  #isAfterReturn = false

  constructor(maxBlockBytes = 16 * 1024 * 1024) {
    this.#maxBlockBytes = maxBlockBytes
  }

  /** The blocks that this chunk completes. Throws RangeError when a block grows beyond the limit. */
  push(chunk: Buffer): SseBlock[] {
    const blocks: SseBlock[] = []
    let lineBytes = this.#lineBytes
    let isAfterReturn = this.#isAfterReturn
    const isAtStart = this.#partsBytes === 0 && lineBytes === 0 && !isAfterReturn
    let blockStart = isAtStart ? takeSimpleBlocks(chunk, blocks) : 0
    for (let at = blockStart; at < chunk.length; at++) {
      const byte = chunk[at]
      if (byte === lineFeed && isAfterReturn) {
        // The second half of CR LF. When its CR ended a block in an earlier chunk, it is a block of its own.
        isAfterReturn = false
        if (at === blockStart && this.#partsBytes === 0) {
          blocks.push({ raw: chunk.subarray(at, at + 1), data: undefined, event: '' })
          blockStart = at + 1
        }
        continue
      }
      isAfterReturn = byte === carriageReturn
      if (byte !== lineFeed && byte !== carriageReturn) {
        lineBytes++
        continue
      }
      if (lineBytes > 0) {
        lineBytes = 0
        continue
      }
      if (isAfterReturn && chunk[at + 1] === lineFeed) {
        isAfterReturn = false
        at++
      }
      blocks.push(this.#complete(chunk, blockStart, at + 1))
      blockStart = at + 1
    }
    this.#lineBytes = lineBytes
    this.#isAfterReturn = isAfterReturn
    this.#keep(chunk, blockStart)
    return blocks
  }

  /** What is left when the stream ends, as a block although its blank line is missing; undefined when nothing is. */
  end(): SseBlock | undefined {
    if (this.#partsBytes === 0) return undefined
    return this.#complete(noBytes, 0, 0)
  }

  #complete(chunk: Buffer, start: number, end: number): SseBlock {
    const last = chunk.subarray(start, end)
    const raw = this.#partsBytes === 0 ? last : Buffer.concat([...this.#parts, last])
    this.#parts = []
    this.#partsBytes = 0
    this.#lineBytes = 0
    return readBlock(raw)
  }

  #keep(chunk: Buffer, start: number): void {
    if (start >= chunk.length) return
    // Chunks of the network are reused by nobody, so a view is enough.
    const rest = start === 0 ? chunk : chunk.subarray(start)
    this.#parts.push(rest)
    this.#partsBytes += rest.length
    if (this.#partsBytes > this.#maxBlockBytes) {
      throw new RangeError(`An event of the stream is larger than ${this.#maxBlockBytes} bytes.`)
    }
  }
}

const dataPrefix = Buffer.from('data: ')

/** Takes the simple blocks that a chunk begins with and gives their length; the native search beats a walk over bytes. */
function takeSimpleBlocks(chunk: Buffer, blocks: SseBlock[]): number {
  let start = 0
  while (start < chunk.length) {
    const end = chunk.indexOf(lineFeed, start)
    if (end === -1 || chunk[end + 1] !== lineFeed) return start
    const block = readSimpleBlock(chunk.subarray(start, end + 2))
    if (block === undefined) return start
    blocks.push(block)
    start = end + 2
  }
  return start
}

/** Nearly all blocks are one line of data: `data: …` and two line feeds. Undefined for any other. */
function readSimpleBlock(raw: Buffer): SseBlock | undefined {
  const end = raw.length - 2
  if (end < dataPrefix.length || raw[end] !== lineFeed || raw[end + 1] !== lineFeed) return undefined
  for (let at = 0; at < dataPrefix.length; at++) if (raw[at] !== dataPrefix[at]) return undefined
  const data = raw.toString('utf8', dataPrefix.length, end)
  return data.includes('\n') || data.includes('\r') ? undefined : { raw, data, event: '' }
}

function readBlock(raw: Buffer): SseBlock {
  const simple = readSimpleBlock(raw)
  if (simple !== undefined) return simple
  let data: string | undefined
  let event = ''
  for (const line of raw.toString().split(/\r\n|\n|\r/)) {
    const text = line.startsWith('\uFEFF') ? line.slice(1) : line
    if (text.startsWith('data')) {
      const value = valueOf(text, 4)
      if (value !== undefined) data = data === undefined ? value : `${data}\n${value}`
    } else if (text.startsWith('event')) event = valueOf(text, 5) ?? event
  }
  return { raw, data, event }
}

/** The value of a line whose name has `nameLength` characters; undefined when the name goes on. */
function valueOf(line: string, nameLength: number): string | undefined {
  if (line.length === nameLength) return ''
  if (line.charAt(nameLength) !== ':') return undefined
  return line.slice(line.charAt(nameLength + 1) === ' ' ? nameLength + 2 : nameLength + 1)
}
