import { open, type FileHandle } from 'node:fs/promises'
import { frameBytes } from '../shipping/build-shipment.ts'

const newline = 0x0a

/** Whole lines read from a segment, and where the next ones start. */
export type ReadLines = {
  readonly bytes: Buffer
  /** All of the memory, with `frameBytes` to spare before and after the lines. */
  readonly frame: Buffer
  readonly rows: number
  readonly end: number
}

/** Memory that is read into; grows when a single line needs more. What was read is valid until the next read. */
export type ReadBuffer = { bytes: Buffer }

export type ReadLimits = {
  /** Bytes of the file that may be read; the whole file when absent. */
  readonly endOffset?: number
  readonly maxBytes: number
  readonly maxRows: number
  /** Reused from read to read: fresh memory for each would cost more than reading. */
  readonly buffer: ReadBuffer
}

/**
 * Reads whole lines from `offset` on, at most `maxRows` and about `maxBytes` of them but at least one. Bytes
 * after the last line break, which a killed process leaves behind, are never returned.
 */
export async function readLines(file: FileHandle, offset: number, limits: ReadLimits): Promise<ReadLines> {
  const endOffset = limits.endOffset ?? (await file.stat()).size
  for (let size = limits.maxBytes; ; size *= 2) {
    const bytes = await readExactly(file, offset, roomFor(limits.buffer, Math.min(size, endOffset - offset)))
    const { rows, length } = measureLines(bytes, limits.maxRows)
    if (rows > 0 || offset + bytes.length >= endOffset) {
      return { bytes: bytes.subarray(0, length), frame: limits.buffer.bytes, rows, end: offset + length }
    }
  }
}

/** Lines of a file without holding it in memory; a torn last line does not count. */
export async function countLines(path: string, offset: number): Promise<number> {
  const file = await open(path, 'r')
  try {
    const chunk = Buffer.allocUnsafe(1024 * 1024)
    let rows = 0
    for (let at = offset; ;) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length, at)
      if (bytesRead === 0) return rows
      rows += measureLines(chunk.subarray(0, bytesRead), Number.MAX_SAFE_INTEGER).rows
      at += bytesRead
    }
  } finally {
    await file.close()
  }
}

function roomFor(buffer: ReadBuffer, length: number): Buffer {
  const sizeBytes = length + 2 * frameBytes
  if (buffer.bytes.length < sizeBytes) buffer.bytes = Buffer.allocUnsafeSlow(sizeBytes)
  return buffer.bytes.subarray(frameBytes, frameBytes + Math.max(0, length))
}

async function readExactly(file: FileHandle, offset: number, bytes: Buffer): Promise<Buffer> {
  let filled = 0
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, offset + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return bytes.subarray(0, filled)
}

function measureLines(bytes: Buffer, maxRows: number): { rows: number; length: number } {
  let rows = 0
  let length = 0
  while (rows < maxRows) {
    const at = bytes.indexOf(newline, length)
    if (at === -1) break
    rows += 1
    length = at + 1
  }
  return { rows, length }
}
