import { crc32 } from 'node:zlib'
import { readHead, type RecordHead } from './record-head.ts'

/*
 * A segment is a row of records, each: magic (4 bytes), length of the head, length of the body, CRC-32 of both, then
 * the head as JSON and the body. Numbers are unsigned, 32 bits, little-endian. Reading a segment ends at the first
 * record that does not fit its CRC. Looking for the next magic instead would find what a model was made to write: a
 * body that holds a whole record, for another project.
 */

const magic = Buffer.from('RCA1').readUInt32LE(0)
const frameBytes = 16
const longestHeadBytes = 64 * 1024

export type SegmentRecord = {
  readonly head: RecordHead
  readonly body: Buffer
  readonly lengthBytes: number
}

const noBody = Buffer.alloc(0)

export function encodeRecord(head: RecordHead, body: Buffer = noBody): Buffer {
  const headText = Buffer.from(JSON.stringify(head))
  const record = Buffer.allocUnsafeSlow(frameBytes + headText.length + body.length)
  record.writeUInt32LE(magic, 0)
  record.writeUInt32LE(headText.length, 4)
  record.writeUInt32LE(body.length, 8)
  headText.copy(record, frameBytes)
  body.copy(record, frameBytes + headText.length)
  record.writeUInt32LE(crc32(record.subarray(frameBytes)), 12)
  return record
}

/** The record at a place; undefined when there is none that is whole. `body` shares the memory of `bytes`. */
export function decodeRecord(bytes: Buffer, offset: number): SegmentRecord | undefined {
  if (offset + frameBytes > bytes.length || bytes.readUInt32LE(offset) !== magic) return undefined
  const headLength = bytes.readUInt32LE(offset + 4)
  const lengthBytes = frameBytes + headLength + bytes.readUInt32LE(offset + 8)
  if (headLength > longestHeadBytes || offset + lengthBytes > bytes.length) return undefined
  const content = bytes.subarray(offset + frameBytes, offset + lengthBytes)
  if (crc32(content) !== bytes.readUInt32LE(offset + 12)) return undefined
  const head = readHead(content.toString('utf8', 0, headLength))
  return head === undefined ? undefined : { head, body: content.subarray(headLength), lengthBytes }
}
