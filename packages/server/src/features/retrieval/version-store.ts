import type { IndexVersion } from '@ratchet/contract'
import type { Db, Queries, Trx } from '#platform/postgres/database.ts'
import { jsonb } from '#platform/postgres/transaction.ts'
import type { IndexDocument, IndexSettings } from './index-version.ts'
import './tables.ts'

/** Names one version of one index. */
export type VersionKey = { readonly project: string; readonly name: string; readonly version: string }

/** Everything that is kept about a version. */
export type StoredVersion = VersionKey & {
  readonly state: 'building' | 'ready' | 'failed'
  readonly settings: IndexSettings
  readonly documents: readonly IndexDocument[]
  readonly chunks: number
  readonly builtChunks: number
  readonly error: string
  readonly jobId: string | undefined
  readonly createdAt: Date
  readonly readyAt: Date | undefined
}

/** What changes while a version is built. */
export type VersionChange = Partial<
  Pick<StoredVersion, 'state' | 'chunks' | 'builtChunks' | 'error' | 'jobId' | 'readyAt'>
>

/** Adds a version that is to be built. False when it exists. */
export async function addVersion(
  trx: Trx,
  key: VersionKey,
  made: { settings: IndexSettings; documents: readonly IndexDocument[]; now: Date },
): Promise<boolean> {
  const added = await trx
    .insertInto('index_versions')
    .values({
      project_id: key.project,
      name: key.name,
      version: key.version,
      state: 'building',
      settings: jsonb(made.settings),
      documents: jsonb(made.documents),
      chunks: 0,
      built_chunks: 0,
      error: '',
      job_id: null,
      created_at: made.now,
      ready_at: null,
    })
    .onConflict((conflict) => conflict.columns(['project_id', 'name', 'version']).doNothing())
    .executeTakeFirst()
  return (added.numInsertedOrUpdatedRows ?? 0n) > 0n
}

export async function changeVersion(db: Queries, key: VersionKey, change: VersionChange): Promise<void> {
  await db
    .updateTable('index_versions')
    .set({
      ...(change.state === undefined ? {} : { state: change.state }),
      ...(change.chunks === undefined ? {} : { chunks: change.chunks }),
      ...(change.builtChunks === undefined ? {} : { built_chunks: change.builtChunks }),
      ...(change.error === undefined ? {} : { error: change.error }),
      ...(change.jobId === undefined ? {} : { job_id: change.jobId }),
      ...(change.readyAt === undefined ? {} : { ready_at: change.readyAt }),
    })
    .where('project_id', '=', key.project)
    .where('name', '=', key.name)
    .where('version', '=', key.version)
    .execute()
}

export async function findVersion(db: Queries, key: VersionKey): Promise<StoredVersion | undefined> {
  const row = await versions(db, key.project)
    .where('name', '=', key.name)
    .where('version', '=', key.version)
    .executeTakeFirst()
  return row && versionOf(row)
}

/** The version of a name that a search uses when none is given: the newest one that is ready, else the newest. */
export async function findNewest(
  db: Db,
  { project, name }: { project: string; name: string },
): Promise<StoredVersion | undefined> {
  const rows = await versions(db, project)
    .where('name', '=', name)
    .orderBy('created_at', 'desc')
    .limit(50)
    .execute()
  const row = rows.find((each) => each.state === 'ready') ?? rows[0]
  return row && versionOf(row)
}

export async function listVersions(db: Db, project: string, limit: number): Promise<StoredVersion[]> {
  const rows = await versions(db, project)
    .orderBy('created_at', 'desc')
    .orderBy('name')
    .orderBy('version')
    .limit(limit)
    .execute()
  return rows.map(versionOf)
}

/** The version as the API shows it. */
export function showVersion(stored: StoredVersion): IndexVersion {
  return {
    name: stored.name,
    version: stored.version,
    state: stored.state,
    documents: stored.documents.length,
    chunks: stored.chunks,
    embeddingModel: stored.settings.embedding,
    ...(stored.error === '' ? {} : { error: stored.error }),
    createdAt: stored.createdAt.toISOString(),
    ...(stored.readyAt ? { readyAt: stored.readyAt.toISOString() } : {}),
  }
}

function versions(db: Queries, project: string) {
  return db.selectFrom('index_versions').selectAll().where('project_id', '=', project)
}

type Row = Awaited<ReturnType<ReturnType<typeof versions>['execute']>>[number]

function versionOf(row: Row): StoredVersion {
  return {
    project: row.project_id,
    name: row.name,
    version: row.version,
    state: row.state,
    settings: row.settings,
    documents: row.documents,
    chunks: row.chunks,
    builtChunks: row.built_chunks,
    error: row.error,
    jobId: row.job_id ?? undefined,
    createdAt: row.created_at,
    readyAt: row.ready_at ?? undefined,
  }
}
