import type { Page, PageQuery } from '@ratchet/contract'
import type { Queries, Trx } from '#platform/postgres/database.ts'
import { keysetPage } from '#platform/postgres/keyset-page.ts'

/** An app as stored; it exists from its first release on, a draft alone makes none. */
export type StoredApp = {
  readonly name: string
  readonly description: string
  readonly owner: string
  readonly createdAt: Date
}

/** Makes the app when it is new, and locks its row: pushes of one app get their numbers one after the other. */
export async function lockApp(trx: Trx, project: string, app: StoredApp): Promise<void> {
  await trx
    .insertInto('apps')
    .values({
      project_id: project,
      name: app.name,
      description: app.description,
      owner: app.owner,
      release_count: 0,
      created_at: app.createdAt,
    })
    .onConflict((conflict) => conflict.columns(['project_id', 'name']).doNothing())
    .execute()
  await appRows(trx, project).where('name', '=', app.name).forUpdate().execute()
}

/** Takes the next release number, and the words of the newest `ratchet.yaml`. */
export async function takeReleaseNumber(trx: Trx, project: string, app: StoredApp): Promise<number> {
  const row = await trx
    .updateTable('apps')
    .set((expression) => ({
      release_count: expression('release_count', '+', 1),
      description: app.description,
      owner: app.owner,
    }))
    .where('project_id', '=', project)
    .where('name', '=', app.name)
    .returning('release_count')
    .executeTakeFirstOrThrow()
  return row.release_count
}

export async function findApp(
  queries: Queries,
  project: string,
  name: string,
): Promise<StoredApp | undefined> {
  const row = await appRows(queries, project).where('name', '=', name).executeTakeFirst()
  return row && appOf(row)
}

export async function listAppPage(
  queries: Queries,
  project: string,
  page: PageQuery,
): Promise<Page<StoredApp>> {
  const rows = await keysetPage(appRows(queries, project), {
    by: [{ column: 'name', type: 'text' }],
    direction: 'asc',
    ...page,
  })
  return { ...rows, items: rows.items.map(appOf) }
}

export async function listAppNames(queries: Queries, project: string): Promise<string[]> {
  const rows = await appRows(queries, project).orderBy('name').execute()
  return rows.map((row) => row.name)
}

function appRows(queries: Queries, project: string) {
  return queries.selectFrom('apps').selectAll().where('project_id', '=', project)
}

function appOf(row: { name: string; description: string; owner: string; created_at: Date }): StoredApp {
  return { name: row.name, description: row.description, owner: row.owner, createdAt: row.created_at }
}
