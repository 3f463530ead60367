import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { AppError } from '@ratchet/contract'
import { PGliteDialect, type Dialect } from 'kysely'
import { valueParsers } from './value-parsers.ts'

/** The part of PGlite that others (pg-boss) need beside Kysely. */
export type EmbeddedPostgres = Pick<PGlite, 'query' | 'exec' | 'listen'>

/** Where PGlite keeps its data: a folder, or memory (optionally started from a dump, for tests). */
export type PgliteSource = { readonly folder: string } | { readonly memory: true; readonly dumpFile?: string }

/** Starts PostgreSQL inside this process. The caller must hold the data folder's lock: PGlite takes none. */
export async function startPglite(
  source: PgliteSource,
): Promise<{ dialect: Dialect; embedded: EmbeddedPostgres; stop: () => Promise<void> }> {
  const parsers = { ...valueParsers }
  const pglite =
    'folder' in source
      ? await openFolder(source.folder, parsers)
      : new PGlite({
          parsers,
          ...(source.dumpFile === undefined
            ? {}
            : { loadDataDir: new Blob([await readFile(source.dumpFile)]) }),
        })
  await pglite.waitReady
  return {
    dialect: new PGliteDialect({ pglite }),
    embedded: pglite,
    stop: async () => {
      if (!pglite.closed) await pglite.close()
    },
  }
}

async function openFolder(folder: string, parsers: Record<number, (text: string) => unknown>) {
  await mkdir(dirname(folder), { recursive: true })
  try {
    return await PGlite.create({ dataDir: folder, parsers })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('unavailable', {
      message: `The embedded database in "${folder}" does not open: ${reason}. Restore the folder from a backup, or set DATABASE_URL to use a PostgreSQL server.`,
      details: { folder },
      cause,
    })
  }
}
