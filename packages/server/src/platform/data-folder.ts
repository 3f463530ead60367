import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { AppError } from '@ratchet/contract'
import { z } from 'zod'
import { lockFolder } from './folder-lock.ts'

/** Raised when the layout of the data folder changes in a way that older programs cannot read. */
export const dataFormat = 1

/** An open, locked data folder and the places inside it. `close` gives the lock back. */
export type DataFolder = {
  readonly path: string
  readonly postgres: string
  readonly clickhouse: string
  readonly blobs: string
  readonly spool: string
  readonly deadLetter: string
  readonly run: string
  readonly close: () => Promise<void>
}

const versionFile = z.object({ format: z.number().int().positive() })

/**
 * Opens the data folder for this process alone, making it on first use (readable by its owner only).
 * Refuses a folder that another live process holds (`folder_locked`) or a newer Ratchet wrote (`version_newer`).
 */
export async function openDataFolder(path: string): Promise<DataFolder> {
  const root = resolve(path)
  await makeFolders(root)
  const unlock = await lockFolder(root)
  try {
    await checkVersion(root)
  } catch (error) {
    await unlock()
    throw error
  }
  const inside = (name: string) => join(root, name)
  return {
    path: root,
    postgres: inside('postgres'),
    clickhouse: inside('clickhouse'),
    blobs: inside('blobs'),
    spool: inside('spool'),
    deadLetter: inside('dead-letter'),
    run: inside('run'),
    close: unlock,
  }
}

async function makeFolders(root: string): Promise<void> {
  try {
    await mkdir(root, { recursive: true, mode: 0o700 })
    for (const name of ['blobs', 'spool', 'dead-letter', 'run']) {
      await mkdir(join(root, name), { recursive: true, mode: 0o700 })
    }
    // The run folder holds sockets between our processes: others on the machine must not reach them.
    await chmod(join(root, 'run'), 0o700)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('unavailable', {
      message: `Cannot use the data folder "${root}": ${reason}. Choose a writable folder with --data or RATCHET_DATA.`,
      details: { dataFolder: root },
      cause,
    })
  }
}

async function checkVersion(root: string): Promise<void> {
  const file = join(root, 'version.json')
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return writeVersion(file)
  const format = parseFormat(file, text)
  if (format > dataFormat) {
    throw new AppError('version_newer', {
      message: `The data folder "${root}" has format ${format}, this Ratchet reads up to ${dataFormat}. Start the newer Ratchet that wrote it, or use another folder with --data.`,
      details: { dataFolder: root, format, supported: dataFormat },
    })
  }
  if (format < dataFormat) await writeVersion(file)
}

function parseFormat(file: string, text: string): number {
  try {
    return versionFile.parse(JSON.parse(text)).format
  } catch (cause) {
    throw new AppError('unavailable', {
      message: `"${file}" is damaged: expected {"format": <number>}. Restore it from a backup, or write {"format": ${dataFormat}} into it if no newer Ratchet used this folder.`,
      details: { file },
      cause,
    })
  }
}

async function writeVersion(file: string): Promise<void> {
  // Through a rename: a process killed here must not leave half a file behind.
  const temporary = `${file}.${process.pid}`
  await writeFile(temporary, `${JSON.stringify({ format: dataFormat })}\n`, { mode: 0o600, flush: true })
  await rename(temporary, file)
}
