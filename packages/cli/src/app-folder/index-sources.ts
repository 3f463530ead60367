import { glob, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { AppError } from '@ratchet/contract'
import { parse } from 'yaml'
import { z } from 'zod'

/** What a packed file holds before it is encoded. */
export type FoundFile = { readonly path: string; readonly content: Uint8Array }

// Only what packing needs; the server checks the whole file and reports with line and column.
const indexFile = z.looseObject({
  name: z.string().optional(),
  source: z.looseObject({
    folder: z.string(),
    include: z.array(z.string()).default(['**/*.md']),
    exclude: z.array(z.string()).default([]),
  }),
})

/** The documents of every `*.index.yaml` of an app, as files of the release, and the folders they came from. */
export async function readIndexSources(
  root: string,
  files: readonly FoundFile[],
): Promise<{ files: FoundFile[]; folders: string[] }> {
  const found: FoundFile[] = []
  const folders: string[] = []
  for (const file of files.filter(({ path }) => path.endsWith('.index.yaml'))) {
    const config = parseIndex(file)
    if (!config) continue
    const name = config.name ?? basename(file.path, '.index.yaml')
    const folder = resolve(root, dirname(file.path), config.source.folder)
    await requireFolder(folder, file.path, config.source.folder)
    folders.push(folder)
    found.push(...(await readDocuments(folder, name, config.source)))
  }
  return { files: found, folders }
}

async function readDocuments(
  folder: string,
  name: string,
  { include, exclude }: { include: string[]; exclude: string[] },
): Promise<FoundFile[]> {
  const paths = new Set<string>()
  for await (const path of glob(include, { cwd: folder, exclude })) {
    const posix = path.replaceAll('\\', '/')
    if (!isSkipped(posix)) paths.add(posix)
  }
  const documents: FoundFile[] = []
  for (const path of [...paths].toSorted()) {
    const full = join(folder, path)
    if ((await stat(full)).isFile())
      documents.push({ path: `documents/${name}/${path}`, content: await readFile(full) })
  }
  return documents
}

function isSkipped(path: string): boolean {
  return path.split('/').some((part) => part.startsWith('.') || part === 'node_modules')
}

function parseIndex(file: FoundFile): z.output<typeof indexFile> | undefined {
  try {
    const parsed = indexFile.safeParse(parse(Buffer.from(file.content).toString('utf8')))
    return parsed.success ? parsed.data : undefined
  } catch {
    // Not YAML: the push is refused by the server, which names line and column.
    return undefined
  }
}

async function requireFolder(folder: string, file: string, written: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined)
  if (found?.isDirectory()) return
  throw new AppError('app_invalid', {
    message: `${file}: source.folder "${written}" is not a folder (looked for ${folder}). Paths are relative to the file.`,
    details: { issues: [{ file, message: `no folder "${written}"`, severity: 'error' }] },
  })
}
