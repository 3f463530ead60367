import { crc32 } from 'node:zlib'

/** A frame of an AWS event stream, as AWS sends them; all headers are strings. */
export function writeFrame(headers: Readonly<Record<string, string>>, payload: string | Buffer): Buffer {
  const written = Buffer.concat(Object.entries(headers).map(([name, value]) => writeHeader(name, value)))
  return sealFrame(written, Buffer.from(payload))
}

/** An event of the given type with JSON, as Bedrock sends them. */
export function writeEvent(type: string, json: object): Buffer {
  const headers = { ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' }
  return writeFrame(headers, JSON.stringify(json))
}

export function writeException(type: string, json: object): Buffer {
  const headers = {
    ':exception-type': type,
    ':content-type': 'application/json',
    ':message-type': 'exception',
  }
  return writeFrame(headers, JSON.stringify(json))
}

/** A frame around headers that are already bytes. */
export function sealFrame(headers: Buffer, payload: Buffer): Buffer {
  const frame = Buffer.alloc(12 + headers.length + payload.length + 4)
  frame.writeUInt32BE(frame.length, 0)
  frame.writeUInt32BE(headers.length, 4)
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8)
  headers.copy(frame, 12)
  payload.copy(frame, 12 + headers.length)
  frame.writeUInt32BE(crc32(frame.subarray(0, frame.length - 4)), frame.length - 4)
  return frame
}

function writeHeader(name: string, value: string): Buffer {
  const nameBytes = Buffer.from(name)
  const valueBytes = Buffer.from(value)
  const sizes = Buffer.from([nameBytes.length])
  const head = Buffer.alloc(3)
  head.writeUInt8(7, 0)
  head.writeUInt16BE(valueBytes.length, 1)
  return Buffer.concat([sizes, nameBytes, head, valueBytes])
}
