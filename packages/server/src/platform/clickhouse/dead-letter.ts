import { mkdir, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Clock } from '../clock.ts'

/** First line of a dead-letter file; the rows follow, one JSON object a line. */
const header = z.object({
  table: z.string(),
  token: z.string(),
  rows: z.number().int(),
  error: z.string(),
  writtenAt: z.string(),
})
export type DeadLetter = z.output<typeof header> & { readonly file: string; readonly sizeBytes: number }

/** What a replay did: files stored and deleted, rows in them, and the files that still fail. */
export type ReplayResult = {
  readonly files: number
  readonly rows: number
  readonly failed: readonly { readonly file: string; readonly message: string }[]
}

/** Batches that could not be stored, as files that outlive a power cut, can be read by people and sent again. */
export type DeadLetters = {
  readonly write: (batch: {
    table: string
    token: string
    rows: readonly object[]
    error: unknown
  }) => Promise<string>
  readonly list: () => Promise<DeadLetter[]>
  readonly replay: (
    insert: (
      table: string,
      rows: readonly object[],
      options: { token: string; signal?: AbortSignal },
    ) => Promise<void>,
    signal?: AbortSignal,
  ) => Promise<ReplayResult>
}

/** Keeps dead letters in `<folder>/<table>/<time>-<token>.jsonl`. */
export function makeDeadLetters(folder: string, clock: Pick<Clock, 'now'>): DeadLetters {
  return {
    write: async ({ table, token, rows, error }) => {
      const writtenAt = new Date(clock.now()).toISOString()
      const message = error instanceof Error ? error.message : String(error)
      const first = { table, token, rows: rows.length, error: message.slice(0, 2_000), writtenAt }
      const name = `${writtenAt.replaceAll(':', '-')}-${token.replace(/[^\w.-]/g, '_').slice(0, 100)}.jsonl`
      const file = join(folder, table, name)
      await mkdir(join(folder, table), { recursive: true, mode: 0o700 })
      await writeDurably(file, [first, ...rows].map((row) => `${JSON.stringify(row)}\n`).join(''))
      return file
    },
    list: () => listFiles(folder),
    replay: async (insert, signal) => {
      const result = { files: 0, rows: 0, failed: [] as { file: string; message: string }[] }
      for (const letter of await listFiles(folder)) {
        signal?.throwIfAborted()
        try {
          const rows = await readRows(letter.file)
          // The same token as at first: rows that did arrive then are not stored twice.
          await insert(letter.table, rows, { token: letter.token, ...(signal ? { signal } : {}) })
          await unlink(letter.file)
          result.files += 1
          result.rows += rows.length
        } catch (error) {
          if (signal?.aborted) throw error
          result.failed.push({
            file: letter.file,
            message: error instanceof Error ? error.message : String(error),
          })
        }
      }
      return result
    },
  }
}

async function writeDurably(file: string, text: string): Promise<void> {
  const half = `${file}.part`
  const handle = await open(half, 'w', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(half, file)
  const parent = await open(join(file, '..'), 'r')
  try {
    await parent.sync()
  } finally {
    await parent.close()
  }
}

async function listFiles(folder: string): Promise<DeadLetter[]> {
  const names = await readdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const letters: DeadLetter[] = []
  for (const name of names.filter((each) => each.endsWith('.jsonl')).sort()) {
    const file = join(folder, name)
    const text = await readFile(file, 'utf8')
    const first = header.safeParse(parseOr(text.slice(0, text.indexOf('\n'))))
    if (first.success) letters.push({ ...first.data, file, sizeBytes: (await stat(file)).size })
  }
  return letters
}

async function readRows(file: string): Promise<object[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').slice(1)
  return lines.filter((line) => line !== '').map((line) => z.looseObject({}).parse(JSON.parse(line)))
}

function parseOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not one of ours: left alone.
    return undefined
  }
}
