import { crc32 } from 'node:zlib'
import type { StreamEvent } from '../../neutral/codec.ts'

/** Length of the frame, length of its headers, checksum of both. */
const preludeBytes = 12
const checksumBytes = 4

/** AWS's own limit is 24 MB; nothing that a model says comes near. */
const defaultMaxFrameBytes = 24 * 1024 * 1024

/** Lengths of header values by type; bytes (6) and strings (7) name theirs. */
const valueBytes: readonly (number | undefined)[] = [0, 0, 1, 2, 4, 8, undefined, undefined, 8, 16]
const bytesType = 6
const stringType = 7

/**
 * Cuts the bytes of an AWS event stream into its frames, wherever the network cut them. Frames are checked by both of
 * their checksums. Events are named by their type, exceptions by theirs.
 */
export class EventStreamDecoder {
  readonly #maxFrameBytes: number
  #parts: Buffer[] = []
  #partsBytes = 0
  /** Bytes that must be there before anything can be read: the prelude, then the whole frame. */
  #neededBytes = preludeBytes

  constructor(maxFrameBytes = defaultMaxFrameBytes) {
    this.#maxFrameBytes = maxFrameBytes
  }

  /** True between two frames: the only place where a stream may end. */
  get isAtEdge(): boolean {
    return this.#partsBytes === 0
  }

  /**
   * The events that this chunk completes. Throws RangeError for a frame that is damaged or beyond the limit; nothing
   * can be read after it.
   */
  push(chunk: Buffer): StreamEvent[] {
    const events: StreamEvent[] = []
    this.#parts.push(chunk)
    this.#partsBytes += chunk.length
    while (this.#partsBytes >= this.#neededBytes) {
      const bytes = this.#joined()
      if (this.#neededBytes === preludeBytes) this.#neededBytes = this.#readPrelude(bytes)
      if (bytes.length < this.#neededBytes) continue
      events.push(readFrame(bytes.subarray(0, this.#neededBytes)))
      this.#keep(bytes.subarray(this.#neededBytes))
    }
    return events
  }

  #joined(): Buffer {
    const [first, ...others] = this.#parts
    if (first !== undefined && others.length === 0) return first
    const joined = Buffer.concat(this.#parts, this.#partsBytes)
    this.#parts = [joined]
    return joined
  }

  #keep(rest: Buffer): void {
    this.#parts = rest.length === 0 ? [] : [rest]
    this.#partsBytes = rest.length
    this.#neededBytes = preludeBytes
  }

  #readPrelude(bytes: Buffer): number {
    const frameBytes = bytes.readUInt32BE(0)
    if (crc32(bytes.subarray(0, 8)) !== bytes.readUInt32BE(8))
      throw damaged('the checksum of its head is wrong')
    if (frameBytes > this.#maxFrameBytes)
      throw new RangeError(`A frame of the stream is larger than ${this.#maxFrameBytes} bytes.`)
    if (bytes.readUInt32BE(4) + preludeBytes + checksumBytes > frameBytes)
      throw damaged('its headers are longer than itself')
    return frameBytes
  }
}

function readFrame(frame: Buffer): StreamEvent {
  const end = frame.length - checksumBytes
  if (crc32(frame.subarray(0, end)) !== frame.readUInt32BE(end)) throw damaged('its checksum is wrong')
  const headersEnd = preludeBytes + frame.readUInt32BE(4)
  const headers = readHeaders(frame.subarray(preludeBytes, headersEnd))
  const data = frame.toString('utf8', headersEnd, end)
  switch (headers.get(':message-type')) {
    case 'exception':
      return { event: headers.get(':exception-type'), data }
    case 'error': {
      const code = headers.get(':error-code') ?? 'error'
      const message = headers.get(':error-message') ?? ''
      return { event: code, data: JSON.stringify({ message }) }
    }
    default:
      return { event: headers.get(':event-type'), data }
  }
}

/** Headers that are strings; others carry nothing of ours, and are stepped over. */
function readHeaders(bytes: Buffer): ReadonlyMap<string, string> {
  const headers = new Map<string, string>()
  let at = 0
  while (at < bytes.length) {
    const nameEnd = at + 1 + (bytes[at] ?? 0)
    const type = bytes[nameEnd] ?? -1
    const isLong = type === bytesType || type === stringType
    const valueStart = nameEnd + 1 + (isLong ? 2 : 0)
    if (valueStart > bytes.length) throw damaged('a header is cut')
    const length = isLong ? bytes.readUInt16BE(nameEnd + 1) : valueBytes[type]
    if (length === undefined || valueStart + length > bytes.length) throw damaged('a header is cut')
    if (type === stringType)
      headers.set(
        bytes.toString('utf8', at + 1, nameEnd),
        bytes.toString('utf8', valueStart, valueStart + length),
      )
    at = valueStart + length
  }
  return headers
}

function damaged(how: string): RangeError {
  return new RangeError(`The provider sent a damaged frame of its event stream: ${how}.`)
}
