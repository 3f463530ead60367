import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { AppError, datasetItem, type DatasetItem } from '@ratchet/contract'

/** A dataset file as it is stored: named after the file. */
export type DatasetFile = { readonly name: string; readonly items: DatasetItem[] }

/** Reads a JSONL dataset; the first bad row is told with its line, and ids must differ. */
export async function readDataset(path: string): Promise<DatasetFile> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AppError('validation_failed', {
      message: `Cannot read the dataset "${path}". Paths in an evaluation file are relative to that file.`,
      details: { path },
      cause,
    })
  })
  const items: DatasetItem[] = []
  const lineOfId = new Map<string, number>()
  for (const [index, line] of text
    .replace(/^\uFEFF/u, '')
    .split(/\r?\n/u)
    .entries()) {
    if (line.trim() === '') continue
    const item = parseRow(path, index + 1, line)
    const earlier = lineOfId.get(item.id)
    if (earlier !== undefined)
      throw rowProblem(path, index + 1, `the id "${item.id}" is on line ${earlier} already; ids must differ`)
    lineOfId.set(item.id, index + 1)
    items.push(item)
  }
  if (items.length === 0) {
    throw new AppError('validation_failed', {
      message: `The dataset "${path}" has no rows. Write one JSON object per line, like {"id":"1","inputs":{"question":"…"},"expected":"…"}.`,
      details: { path },
    })
  }
  return { name: datasetName(path), items }
}

function parseRow(path: string, line: number, text: string): DatasetItem {
  let row: unknown
  try {
    row = JSON.parse(text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw rowProblem(path, line, `not JSON (${reason})`)
  }
  const parsed = datasetItem.safeParse(row)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw rowProblem(path, line, `"${issue?.path.join('.') || 'row'}": ${issue?.message ?? 'is not valid'}`)
}

function rowProblem(path: string, line: number, message: string): AppError {
  return new AppError('validation_failed', {
    message: `${basename(path)}:${line}: ${message}`,
    details: { file: path, line },
  })
}

/** `golden.jsonl` -> `golden`, in the letters that names may have. */
function datasetName(path: string): string {
  const slug = basename(path)
    .replace(/\.[^.]*$/u, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/gu, '-')
    .replace(/^-+|-+$/gu, '')
    .slice(0, 64)
  return slug === '' ? 'dataset' : slug
}
