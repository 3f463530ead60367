import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '@ratchet/contract'

/** Bytes kept under the SHA-256 of their content: equal content is stored once, and never changes. */
export type Blobs = {
  /** Stores the bytes and returns their digest; durable once it resolves. */
  readonly put: (bytes: Uint8Array) => Promise<string>
  /** Reads and checks the bytes; throws `not_found` when there are none, `internal` when they are damaged. */
  readonly get: (digest: string) => Promise<Uint8Array>
  readonly has: (digest: string) => Promise<boolean>
}

/** SHA-256 of bytes in lower-case hex: the name of a blob. */
export function digestOf(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Opens a store in a folder, which may not exist yet. Several processes may use it at the same time. */
export function makeBlobs(folder: string): Blobs {
  const pathOf = (digest: string): string => {
    // The digest becomes part of a path: nothing but hex may get there.
    if (!/^[0-9a-f]{64}$/.test(digest)) throw notFound(digest)
    return join(folder, digest.slice(0, 2), digest.slice(2))
  }
  const has = (digest: string): Promise<boolean> =>
    stat(pathOf(digest)).then(
      () => true,
      () => false,
    )
  return {
    has,
    put: async (bytes) => {
      const digest = digestOf(bytes)
      if (!(await has(digest))) await writeDurably(pathOf(digest), bytes)
      return digest
    },
    get: async (digest) => {
      const path = pathOf(digest)
      const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
        throw error.code === 'ENOENT' ? notFound(digest) : error
      })
      if (digestOf(bytes) === digest) return bytes
      throw new AppError('internal', {
        message: `The stored file "${path}" is damaged: its content does not have the digest of its name. Restore it from a backup, or delete it and push the app again.`,
        details: { digest, path },
      })
    },
  }
}

/** Through a flushed temporary file and a rename: a killed process leaves a whole blob or none. */
async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`
  const file = await open(temporary, 'wx', 0o600)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } catch (error) {
    await file.close()
    await rm(temporary, { force: true })
    throw error
  }
  await file.close()
  await rename(temporary, path)
  await syncFolder(folder)
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function notFound(digest: string): AppError {
  return new AppError('not_found', {
    message: `There is no stored file with the digest "${digest.slice(0, 64)}". Push the app again.`,
    details: { digest: digest.slice(0, 64) },
  })
}
