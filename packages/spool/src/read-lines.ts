import { open, type FileHandle } from 'node:fs/promises'

const newline = 0x0a

/** Whole lines read from a segment, and where the next ones start. */
export type ReadLines = { readonly bytes: Buffer; readonly rows: number; readonly end: number }

export type ReadLimits = {
  /** Bytes of the file that may be read; the whole file when absent. */
  readonly endOffset?: number
  readonly maxBytes: number
  readonly maxRows: number
}

/**
 * Reads whole lines from `offset` on, at most `maxRows` and about `maxBytes` of them but at least one. Bytes
 * after the last line break, which a killed process leaves behind, are never returned.
 */
export async function readLines(path: string, offset: number, limits: ReadLimits): Promise<ReadLines> {
  const file = await open(path, 'r')
  try {
    const endOffset = Math.min(limits.endOffset ?? Number.MAX_SAFE_INTEGER, (await file.stat()).size)
    for (let size = limits.maxBytes; ; size *= 2) {
      const bytes = await readExactly(file, offset, Math.min(size, endOffset - offset))
      const { rows, length } = measureLines(bytes, limits.maxRows)
      if (rows > 0 || offset + bytes.length >= endOffset) {
        return { bytes: bytes.subarray(0, length), rows, end: offset + length }
      }
    }
  } finally {
    await file.close()
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

async function readExactly(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(Math.max(0, length))
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
