import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import { AppError } from '@ratchet/contract'
import { formatBytes } from '../render/figures.ts'
import { readGitState, type GitState } from './git-state.ts'
import { readIndexSources, type FoundFile } from './index-sources.ts'

/** One file as it travels in a push. */
export type PackedFile = { readonly path: string; readonly contentBase64: string }

/** An app folder as a push takes it. */
export type PackedApp = {
  readonly folder: string
  readonly files: readonly PackedFile[]
  readonly sizeBytes: number
  readonly git: GitState | undefined
}

const limits = { files: 5000, totalBytes: 50 * 1024 * 1024 }
const skippedFolders = new Set(['node_modules', '__pycache__'])

/**
 * Packs an app folder: every file but dotfiles, `node_modules` and links; the sources of its indexes as
 * `documents/<index>/<path>`; the Git state when the folder is in a work tree. At most 5,000 files, 50 MiB.
 */
export async function packApp(folder: string): Promise<PackedApp> {
  const root = resolve(folder)
  await requireApp(root)
  const own = await walkFolder(root)
  const sources = await readIndexSources(root, own)
  // A document that is in the folder already (a release unpacked by hand) stands for itself.
  const paths = new Set(own.map(({ path }) => path))
  const found = [...own, ...sources.files.filter(({ path }) => !paths.has(path))]
  const sizeBytes = found.reduce((sum, { content }) => sum + content.length, 0)
  checkLimits(root, found, sizeBytes)
  return {
    folder: root,
    sizeBytes,
    files: found.map(({ path, content }) => ({
      path,
      contentBase64: Buffer.from(content).toString('base64'),
    })),
    git: await readGitState(root, sources.folders),
  }
}

async function requireApp(root: string): Promise<void> {
  const found = await stat(root).catch(() => undefined)
  if (!found?.isDirectory()) {
    throw new AppError('validation_failed', {
      message: `There is no folder "${root}". Name the folder that holds ratchet.yaml, or make one with: ratchet init my-app`,
      details: { folder: root },
    })
  }
  if (await stat(join(root, 'ratchet.yaml')).catch(() => undefined)) return
  throw new AppError('app_invalid', {
    message: `"${root}" is not an app folder: it has no ratchet.yaml. Name the folder that holds one, or make one with: ratchet init my-app`,
    details: { folder: root },
  })
}

async function walkFolder(root: string): Promise<FoundFile[]> {
  const files: FoundFile[] = []
  const walk = async (folder: string): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true })
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name)
      if (entry.name.startsWith('.')) continue
      if (entry.isDirectory() && !skippedFolders.has(entry.name)) await walk(path)
      if (!entry.isFile()) continue
      files.push({ path: toPosix(relative(root, path)), content: await readFile(path) })
      if (files.length > limits.files) throw tooManyFiles(root)
    }
  }
  await walk(root)
  return files
}

function checkLimits(root: string, files: readonly FoundFile[], sizeBytes: number): void {
  if (files.length > limits.files) throw tooManyFiles(root)
  if (sizeBytes <= limits.totalBytes) return
  const largest = files.reduce((a, b) => (b.content.length > a.content.length ? b : a))
  throw new AppError('body_too_large', {
    message:
      `"${root}" packs to ${formatBytes(sizeBytes)}; an app may have ${formatBytes(limits.totalBytes)}. ` +
      `Its largest file is ${largest.path} (${formatBytes(largest.content.length)}): move data out of the folder.`,
    details: { folder: root, sizeBytes, limitBytes: limits.totalBytes, largest: largest.path },
  })
}

function tooManyFiles(root: string): AppError {
  return new AppError('body_too_large', {
    message: `"${root}" has more than ${limits.files} files with its index sources. Narrow "include" in its *.index.yaml, or push a smaller folder.`,
    details: { folder: root, limit: limits.files },
  })
}

/** Release paths are written with `/` on every system. */
function toPosix(path: string): string {
  return sep === '/' ? path : path.replaceAll(sep, '/')
}
