import { datasetItem, type Dataset, type DatasetItem, type Page, type PageQuery } from '@ratchet/contract'
import { sql } from 'kysely'
import type { Db, Queries, Trx } from '#platform/postgres/database.ts'
import { keysetPage } from '#platform/postgres/keyset-page.ts'
import type { VersionedRows } from './dataset-version.ts'
import './tables.ts'

const rowsPerInsert = 1000

/** Which dataset: a name in a project. */
export type DatasetName = { readonly project: string; readonly name: string }

/** Notes the version as put now. False when its rows still have to be stored. */
export async function touchVersion(
  trx: Trx,
  { project, name }: DatasetName,
  version: string,
  now: Date,
): Promise<boolean> {
  const updated = await trx
    .updateTable('dataset_versions')
    .set({ put_at: now })
    .where('project_id', '=', project)
    .where('name', '=', name)
    .where('version', '=', version)
    .executeTakeFirst()
  return updated.numUpdatedRows > 0n
}

export async function insertVersion(
  trx: Trx,
  { project, name }: DatasetName,
  { version, rows }: VersionedRows,
  parts: { ids: readonly string[]; now: Date },
): Promise<void> {
  await trx
    .insertInto('dataset_versions')
    .values({
      project_id: project,
      name,
      version,
      items: rows.length,
      created_at: parts.now,
      put_at: parts.now,
    })
    .execute()
  for (let start = 0; start < rows.length; start += rowsPerInsert) {
    const values = rows.slice(start, start + rowsPerInsert).map((item, index) => ({
      project_id: project,
      name,
      version,
      position: start + index,
      item_id: parts.ids[start + index] ?? '',
      item,
    }))
    await trx.insertInto('dataset_rows').values(values).execute()
  }
}

/** One version, or the newest when none is named. */
export async function findVersion(
  db: Queries,
  { project, name }: DatasetName,
  version?: string,
): Promise<Dataset | undefined> {
  const row = await db
    .selectFrom('dataset_versions')
    .selectAll()
    .where('project_id', '=', project)
    .where('name', '=', name)
    .$if(version !== undefined, (query) => query.where('version', '=', version ?? ''))
    .orderBy('put_at', 'desc')
    .orderBy('version')
    .executeTakeFirst()
  return row && datasetOf(row)
}

export async function listNewest(db: Db, project: string, page: PageQuery): Promise<Page<Dataset>> {
  const newest = db
    .selectFrom('dataset_versions')
    .distinctOn('name')
    .select(['name', 'version', 'items', 'created_at'])
    .where('project_id', '=', project)
    .orderBy('name')
    .orderBy('put_at', 'desc')
    .as('newest')
  const query = db.selectFrom(newest).select(['name', 'version', 'items', 'created_at'])
  const { items, ...rest } = await keysetPage(query, {
    ...page,
    by: [{ column: 'name', type: 'text' }],
    direction: 'asc',
  })
  return { items: items.map(datasetOf), ...rest }
}

/** Names of the project's datasets, for suggestions. */
export async function listNames(db: Db, project: string): Promise<string[]> {
  const rows = await db
    .selectFrom('dataset_versions')
    .select('name')
    .distinct()
    .where('project_id', '=', project)
    .limit(1000)
    .execute()
  return rows.map((row) => row.name)
}

export async function listRows(
  db: Db,
  { project, name, version }: DatasetName & { version: string },
  page: PageQuery,
): Promise<Page<DatasetItem>> {
  const query = db
    .selectFrom('dataset_rows')
    .select('item')
    .where('project_id', '=', project)
    .where('name', '=', name)
    .where('version', '=', version)
  const { items, ...rest } = await keysetPage(query, {
    ...page,
    by: [{ column: 'position', type: 'int4' }],
    direction: 'asc',
  })
  return { items: items.map((row) => datasetItem.parse(JSON.parse(row.item))), ...rest }
}

/** Every row of a version in order. At most 50,000 by contract. */
export async function readRows(
  db: Db,
  { project, name, version }: DatasetName & { version: string },
): Promise<DatasetItem[]> {
  const rows = await db
    .selectFrom('dataset_rows')
    .select('item')
    .where('project_id', '=', project)
    .where('name', '=', name)
    .where('version', '=', version)
    .orderBy(sql.ref('position'))
    .execute()
  return rows.map((row) => datasetItem.parse(JSON.parse(row.item)))
}

function datasetOf(row: { name: string; version: string; items: number; created_at: Date }): Dataset {
  return { name: row.name, version: row.version, items: row.items, createdAt: row.created_at.toISOString() }
}
