import { closeSync, fdatasync, ftruncateSync, openSync, writeSync } from 'node:fs'

/** What the spool asks of a disk; passed in, so that a full one can be tested. */
export type SegmentFiles = {
  readonly create: (path: string) => number
  /** Returns the bytes written, which may be fewer than asked for. */
  readonly write: (file: number, bytes: Buffer, offset: number) => number
  readonly truncate: (file: number, sizeBytes: number) => void
  readonly sync: (file: number) => Promise<void>
  readonly close: (file: number) => void
}

/** The real disk. Segments hold prompts and answers, so only their owner may read them. */
export const diskFiles: SegmentFiles = {
  create: (path) => openSync(path, 'ax', 0o600),
  write: (file, bytes, offset) => writeSync(file, bytes, offset),
  truncate: ftruncateSync,
  sync: (file) =>
    new Promise((resolve, reject) =>
      fdatasync(file, (error) => (error === null ? resolve() : reject(error))),
    ),
  close: closeSync,
}
