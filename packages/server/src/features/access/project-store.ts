import type { Page, PageQuery, Project } from '@ratchet/contract'
import type { Queries } from '#platform/postgres/database.ts'
import { keysetPage } from '#platform/postgres/keyset-page.ts'

/** Adds a project with its environments in order; a taken name is a unique violation of `projects_name_key`. */
export async function insertProject(queries: Queries, project: Project): Promise<void> {
  await queries
    .insertInto('projects')
    .values({ id: project.id, name: project.name, created_at: new Date(project.createdAt) })
    .execute()
  const rows = project.environments.map((each) => ({ project_id: project.id, ...each }))
  await queries.insertInto('environments').values(rows).execute()
}

/** Finds a project by id or by name. */
export async function findProject(
  queries: Queries,
  by: { id: string } | { name: string },
): Promise<Project | undefined> {
  const query = queries.selectFrom('projects').selectAll()
  const row = await (
    'id' in by ? query.where('id', '=', by.id) : query.where('name', '=', by.name)
  ).executeTakeFirst()
  return row && (await withEnvironments(queries, [row]))[0]
}

/** One page of projects by name; `only` restricts it to one project. */
export async function listProjectPage(
  queries: Queries,
  page: PageQuery,
  only: string | undefined,
): Promise<Page<Project>> {
  let query = queries.selectFrom('projects').selectAll()
  if (only !== undefined) query = query.where('id', '=', only)
  const rows = await keysetPage(query, { by: [{ column: 'name', type: 'text' }], direction: 'asc', ...page })
  return { ...rows, items: await withEnvironments(queries, rows.items) }
}

export async function listProjectNames(queries: Queries): Promise<{ id: string; name: string }[]> {
  return queries.selectFrom('projects').select(['id', 'name']).orderBy('name').execute()
}

async function withEnvironments(
  queries: Queries,
  rows: readonly { id: string; name: string; created_at: Date }[],
): Promise<Project[]> {
  if (rows.length === 0) return []
  const environments = await queries
    .selectFrom('environments')
    .selectAll()
    .where(
      'project_id',
      'in',
      rows.map((row) => row.id),
    )
    .orderBy('position')
    .execute()
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    createdAt: row.created_at.toISOString(),
    environments: environments
      .filter((each) => each.project_id === row.id)
      .map(({ name, position }) => ({ name, position })),
  }))
}
