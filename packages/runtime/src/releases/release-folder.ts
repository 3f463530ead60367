import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError, digest as digestWord, type ReleaseBundle } from '@ratchet/contract'
import { z } from 'zod'
import type { ReleaseFileContent } from './cached-release.ts'
import { digestFiles } from './release-digest.ts'

const description = z.object({
  digest: digestWord,
  paths: z.array(z.string()),
  indexes: z.record(z.string(), digestWord),
  sizeBytes: z.number(),
})

/** What a folder of the cache holds besides its files. */
export type ReleaseFolder = {
  readonly files: readonly ReleaseFileContent[]
  readonly indexes: Readonly<Record<string, string>>
}

/** Where the description of a cached release is. */
export function descriptionPath(folder: string): string {
  return join(folder, 'release.json')
}

/** The bytes of a bundle. Throws `app_invalid` when they are not what the digest says, or a path leaves the folder. */
export function unpackBundle(bundle: ReleaseBundle, wanted: string): ReleaseFileContent[] {
  const files = bundle.files.map(({ path, contentBase64 }) => {
    if (!isInside(path)) throw damaged(wanted, `the path "${path}" leaves the folder`)
    return { path, content: Buffer.from(contentBase64, 'base64') }
  })
  const found = digestFiles(files)
  if (found !== wanted) throw damaged(wanted, `its files have the digest ${found}`)
  return files
}

/**
 * Writes a release beside its place and then moves it there in one step: readers see all of it or nothing.
 * When another process was first, its folder stays.
 */
export async function writeRelease(
  folder: string,
  bundle: ReleaseBundle,
  files: readonly ReleaseFileContent[],
): Promise<void> {
  const coming = join(dirname(folder), `.coming-${process.pid}-${randomBytes(6).toString('hex')}`)
  try {
    let sizeBytes = 0
    for (const { path, content } of files) {
      const target = join(coming, 'files', path)
      await mkdir(dirname(target), { recursive: true, mode: 0o700 })
      await writeFile(target, content, { mode: 0o400 })
      sizeBytes += content.length
    }
    await mkdir(join(coming, 'files'), { recursive: true, mode: 0o700 })
    const paths = files.map((file) => file.path)
    const text = JSON.stringify({ digest: bundle.digest, paths, indexes: bundle.indexes, sizeBytes })
    await writeFile(descriptionPath(coming), text, { mode: 0o600 })
    await rename(coming, folder).catch(async (error: unknown) => {
      await stat(descriptionPath(folder)).catch(() => {
        throw error
      })
    })
  } finally {
    await rm(coming, { recursive: true, force: true })
  }
}

/** Reads a release and checks it against its digest; undefined when it is not there, or damaged (it is then removed). */
export async function readRelease(folder: string, wanted: string): Promise<ReleaseFolder | undefined> {
  let text: string
  try {
    text = await readFile(descriptionPath(folder), 'utf8')
  } catch {
    return undefined // Not cached.
  }
  try {
    const { paths, indexes } = description.parse(JSON.parse(text))
    const files: ReleaseFileContent[] = []
    for (const path of paths) {
      if (!isInside(path)) throw new Error(`path ${path}`)
      files.push({ path, content: await readFile(join(folder, 'files', path)) })
    }
    if (digestFiles(files) !== wanted) throw new Error('digest')
    return { files, indexes }
  } catch {
    // Damaged or of another version: control has it whole.
    await removeRelease(folder)
    return undefined
  }
}

/** Size of a cached release in bytes and when it was used last; undefined when it is not whole. */
export async function describeRelease(
  folder: string,
): Promise<{ sizeBytes: number; usedAtMs: number } | undefined> {
  try {
    const path = descriptionPath(folder)
    const { sizeBytes } = description.parse(JSON.parse(await readFile(path, 'utf8')))
    return { sizeBytes, usedAtMs: (await stat(path)).mtimeMs }
  } catch {
    return undefined
  }
}

/** Marks a release as used now. */
export async function touchRelease(folder: string, now: Date): Promise<void> {
  await utimes(descriptionPath(folder), now, now)
}

/** Removes a release; its description goes first, so that nobody takes the rest for whole. */
export async function removeRelease(folder: string): Promise<void> {
  await rm(descriptionPath(folder), { force: true })
  await rm(folder, { recursive: true, force: true })
}

function isInside(path: string): boolean {
  if (path === '' || path.includes('\\') || path.includes('\0') || /^[A-Za-z]:/.test(path)) return false
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
}

function damaged(digest: string, problem: string): AppError {
  return new AppError('app_invalid', {
    message: `Release ${digest.slice(0, 12)} arrived damaged: ${problem}. Push it again with: ratchet push <folder>`,
    details: { digest },
  })
}
