import {
  flowGraph,
  release as releaseWord,
  releaseFile,
  type FlowGraph,
  type Page,
  type PageQuery,
  type Release,
  type ReleaseFile,
} from '@ratchet/contract'
import type { Selectable } from 'kysely'
import { z } from 'zod'
import type { Database, Queries, Trx } from '#platform/postgres/database.ts'
import { keysetPage } from '#platform/postgres/keyset-page.ts'
import { jsonb } from '#platform/postgres/transaction.ts'

/** An index of a release with all that is needed to build it again. */
const storedIndex = z.object({
  name: z.string(),
  version: z.string(),
  settings: z.object({
    chunk: z.object({ maxChars: z.number(), overlapChars: z.number() }),
    embedding: z.string(),
  }),
})
type StoredIndex = z.output<typeof storedIndex>

/** A release as stored; a draft has no number. */
export type StoredRelease = {
  readonly id: string
  readonly project: string
  readonly app: string
  readonly number: number | undefined
  readonly digest: string
  readonly description: string
  readonly git: Release['git']
  readonly author: string
  readonly createdAt: Date
  readonly entry: string
  readonly models: readonly string[]
  readonly flows: readonly FlowGraph[]
  readonly indexes: readonly StoredIndex[]
  readonly fileCount: number
}

/** `r3`, or nothing for a draft. */
export function labelOf(release: Pick<StoredRelease, 'number'>): string {
  return release.number === undefined ? '' : `r${release.number}`
}

/** Adds a release with its files; the same content twice is a unique violation of `releases_digest_key`. */
export async function insertRelease(
  trx: Trx,
  release: StoredRelease,
  files: readonly ReleaseFile[],
): Promise<void> {
  await trx
    .insertInto('releases')
    .values({
      id: release.id,
      project_id: release.project,
      app: release.app,
      number: release.number ?? null,
      digest: release.digest,
      description: release.description,
      git: release.git ? jsonb(release.git) : null,
      author: release.author,
      created_at: release.createdAt,
      entry: release.entry,
      models: jsonb(release.models),
      flows: jsonb(release.flows),
      indexes: jsonb(release.indexes),
      file_count: release.fileCount,
    })
    .execute()
  const rows = files.map(({ path, kind, digest, sizeBytes }) => ({
    release_id: release.id,
    path,
    kind,
    digest,
    size_bytes: sizeBytes,
  }))
  // PostgreSQL takes at most 65,535 parameters in one statement.
  for (let start = 0; start < rows.length; start += 1000) {
    await trx
      .insertInto('release_files')
      .values(rows.slice(start, start + 1000))
      .execute()
  }
}

/** Makes a draft a release: from now on it has a number, and the words of whoever released it. */
export async function promoteDraft(
  trx: Trx,
  release: Pick<StoredRelease, 'id' | 'project' | 'description' | 'git' | 'author' | 'createdAt'> & {
    number: number
  },
): Promise<void> {
  await trx
    .updateTable('releases')
    .set({
      number: release.number,
      description: release.description,
      git: release.git ? jsonb(release.git) : null,
      author: release.author,
      created_at: release.createdAt,
    })
    .where('project_id', '=', release.project)
    .where('id', '=', release.id)
    .where('number', 'is', null)
    .execute()
}

/** How a release can be named. */
export type ReleaseName =
  | { readonly by: 'latest' }
  | { readonly by: 'id'; readonly id: string }
  | { readonly by: 'label'; readonly number: number }
  | { readonly by: 'digest'; readonly prefix: string }

/** Releases of an app with this name; more than one only for a digest prefix. */
export async function findReleases(
  queries: Queries,
  project: string,
  app: string,
  name: ReleaseName,
): Promise<StoredRelease[]> {
  const query = queries
    .selectFrom('releases')
    .selectAll()
    .where('project_id', '=', project)
    .where('app', '=', app)
  const narrowed = {
    latest: () => query.where('number', 'is not', null).orderBy('number', 'desc').limit(1),
    id: () => query.where('id', '=', name.by === 'id' ? name.id : ''),
    label: () => query.where('number', '=', name.by === 'label' ? name.number : 0),
    digest: () => query.where('digest', 'like', name.by === 'digest' ? `${name.prefix}%` : '').limit(2),
  }
  return (await narrowed[name.by]().execute()).map(releaseOf)
}

export async function findByDigest(
  queries: Queries,
  project: string,
  digest: string,
): Promise<StoredRelease | undefined> {
  const row = await queries
    .selectFrom('releases')
    .selectAll()
    .where('project_id', '=', project)
    .where('digest', '=', digest)
    .executeTakeFirst()
  return row && releaseOf(row)
}

/** One page of an app's releases, newest first, without drafts. */
export async function listReleasePage(
  queries: Queries,
  project: string,
  app: string,
  page: PageQuery,
): Promise<Page<StoredRelease>> {
  const query = queries
    .selectFrom('releases')
    .selectAll()
    .where('project_id', '=', project)
    .where('app', '=', app)
    .where('number', 'is not', null)
  const rows = await keysetPage(query, {
    by: [{ column: 'number', type: 'int4' }],
    direction: 'desc',
    ...page,
  })
  return { ...rows, items: rows.items.map(releaseOf) }
}

/** The newest release of each app. */
export async function listLatestReleases(
  queries: Queries,
  project: string,
  apps: readonly string[],
): Promise<StoredRelease[]> {
  if (apps.length === 0) return []
  const rows = await queries
    .selectFrom('releases')
    .selectAll()
    .distinctOn('app')
    .where('project_id', '=', project)
    .where('app', 'in', apps)
    .where('number', 'is not', null)
    .orderBy('app')
    .orderBy('number', 'desc')
    .execute()
  return rows.map(releaseOf)
}

export async function listReleaseFiles(queries: Queries, releaseId: string): Promise<ReleaseFile[]> {
  const rows = await queries
    .selectFrom('release_files')
    .selectAll()
    .where('release_id', '=', releaseId)
    .execute()
  return rows
    .map((row) => ({
      path: row.path,
      kind: releaseFile.shape.kind.parse(row.kind),
      digest: row.digest,
      sizeBytes: row.size_bytes,
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}

const models = z.array(z.string())
const flows = z.array(flowGraph)
const indexes = z.array(storedIndex)
const git = releaseWord.shape.git.unwrap().nullable()

function releaseOf(row: Selectable<Database['releases']>): StoredRelease {
  return {
    id: row.id,
    project: row.project_id,
    app: row.app,
    number: row.number ?? undefined,
    digest: row.digest,
    description: row.description,
    git: git.parse(row.git) ?? undefined,
    author: row.author,
    createdAt: row.created_at,
    entry: row.entry,
    models: models.parse(row.models),
    flows: flows.parse(row.flows),
    indexes: indexes.parse(row.indexes),
    fileCount: row.file_count,
  }
}
