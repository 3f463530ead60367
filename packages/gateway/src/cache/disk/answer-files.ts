import { mkdir, open, readdir, rename, unlink, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'

/** One open segment file. */
export type AnswerFile = {
  /** Throws when less than that could be read. */
  readonly read: (offset: number, lengthBytes: number) => Promise<Buffer>
  readonly write: (offset: number, bytes: Buffer) => Promise<void>
  readonly sizeBytes: () => Promise<number>
  readonly close: () => Promise<void>
}

/** What the cache asks of a disk; passed in, so that a broken one can be tested. */
export type AnswerFiles = {
  /** Names of all files of the folder, which is made when it does not exist. */
  readonly list: () => Promise<string[]>
  /** Throws EEXIST when there is such a file. */
  readonly create: (name: string) => Promise<AnswerFile>
  readonly open: (name: string) => Promise<AnswerFile>
  readonly remove: (name: string) => Promise<void>
  /** Moves a file of another folder into this one. */
  readonly take: (path: string, name: string) => Promise<void>
}

/** The real disk. Answers are private, so only their owner may read them. */
export function diskAnswerFiles(folder: string): AnswerFiles {
  return {
    list: async () => {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      return readdir(folder)
    },
    create: async (name) => asAnswerFile(await open(join(folder, name), 'ax+', 0o600)),
    open: async (name) => asAnswerFile(await open(join(folder, name), 'r')),
    remove: (name) => unlink(join(folder, name)),
    take: (path, name) => rename(path, join(folder, name)),
  }
}

function asAnswerFile(file: FileHandle): AnswerFile {
  return {
    read: async (offset, lengthBytes) => {
      const buffer = Buffer.allocUnsafeSlow(lengthBytes)
      let filled = 0
      while (filled < lengthBytes) {
        const { bytesRead } = await file.read(buffer, filled, lengthBytes - filled, offset + filled)
        if (bytesRead === 0) throw new Error(`the file ends after ${offset + filled} bytes`)
        filled += bytesRead
      }
      return buffer
    },
    write: async (offset, bytes) => {
      let written = 0
      while (written < bytes.length) {
        const result = await file.write(bytes, written, bytes.length - written, offset + written)
        written += result.bytesWritten
      }
    },
    sizeBytes: async () => (await file.stat()).size,
    close: () => file.close(),
  }
}
