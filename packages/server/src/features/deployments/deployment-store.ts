import { deployment as deploymentWord, type Deployment, type Page, type PageQuery } from '@ratchet/contract'
import { sql } from 'kysely'
import { z } from 'zod'
import type { Queries, Trx } from '#platform/postgres/database.ts'
import { keysetPage } from '#platform/postgres/keyset-page.ts'
import { jsonb } from '#platform/postgres/transaction.ts'

/** A deployment as stored; it is live while nothing replaced it. */
export type StoredDeployment = {
  readonly id: string
  readonly project: string
  readonly app: string
  readonly environment: string
  readonly arms: Deployment['arms']
  readonly deployedBy: string
  readonly deployedAt: Date
  readonly replacedAt: Date | undefined
}

/** Waits until nobody else deploys this app to this environment; the lock ends with the transaction. */
export async function lockTarget(
  trx: Trx,
  target: { project: string; app: string; environment: string },
): Promise<void> {
  const name = `deployment ${target.project} ${target.app} ${target.environment}`
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(trx)
}

/** Appends a deployment; it replaces the one before it from its own time on. */
export async function appendDeployment(
  trx: Trx,
  deployment: Omit<StoredDeployment, 'replacedAt'>,
  checks: readonly unknown[],
): Promise<void> {
  const last = await trx
    .selectFrom('deployments')
    .select('sequence')
    .where('project_id', '=', deployment.project)
    .where('app', '=', deployment.app)
    .where('environment', '=', deployment.environment)
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst()
  await trx
    .insertInto('deployments')
    .values({
      id: deployment.id,
      project_id: deployment.project,
      app: deployment.app,
      environment: deployment.environment,
      sequence: (last?.sequence ?? 0) + 1,
      arms: jsonb(deployment.arms),
      checks: jsonb(checks),
      deployed_by: deployment.deployedBy,
      deployed_at: deployment.deployedAt,
    })
    .execute()
}

export async function findLive(
  queries: Queries,
  target: { project: string; app: string; environment: string },
): Promise<StoredDeployment | undefined> {
  const row = await history(queries)
    .where('project_id', '=', target.project)
    .where('app', '=', target.app)
    .where('environment', '=', target.environment)
    .where('replaced_at', 'is', null)
    .executeTakeFirst()
  return row && deploymentOf(row)
}

/** What is live now, in one project or in all. */
export async function listLive(
  queries: Queries,
  filter: { project?: string; apps?: readonly string[]; environment?: string | undefined },
): Promise<StoredDeployment[]> {
  if (filter.apps?.length === 0) return []
  let query = history(queries).where('replaced_at', 'is', null)
  if (filter.project !== undefined) query = query.where('project_id', '=', filter.project)
  if (filter.apps !== undefined) query = query.where('app', 'in', filter.apps)
  if (filter.environment !== undefined) query = query.where('environment', '=', filter.environment)
  const rows = await query.orderBy('project_id').orderBy('app').orderBy('environment').execute()
  return rows.map(deploymentOf)
}

/** History of an app, newest first; with `at`, only what served at that moment. */
export async function listDeploymentPage(
  queries: Queries,
  project: string,
  filter: { app: string; environment?: string | undefined; at?: Date | undefined },
  page: PageQuery,
): Promise<Page<StoredDeployment>> {
  const { app, environment, at } = filter
  let query = history(queries).where('project_id', '=', project).where('app', '=', app)
  if (environment !== undefined) query = query.where('environment', '=', environment)
  if (at !== undefined) {
    query = query
      .where('deployed_at', '<=', at)
      .where((expression) =>
        expression.or([expression('replaced_at', 'is', null), expression('replaced_at', '>', at)]),
      )
  }
  const rows = await keysetPage(query, {
    by: [
      { column: 'deployed_at', type: 'timestamptz' },
      { column: 'id', type: 'uuid' },
    ],
    direction: 'desc',
    ...page,
  })
  return { ...rows, items: rows.items.map(deploymentOf) }
}

/** Every deployment with the time at which the next one of its app and environment replaced it. */
function history(queries: Queries) {
  const replaced = sql<Date | null>`lead(deployed_at) over (partition by project_id, app, environment order by sequence)`
  return queries
    .selectFrom((inner) =>
      inner
        .selectFrom('deployments')
        .select(['id', 'project_id', 'app', 'environment', 'arms', 'deployed_by', 'deployed_at'])
        .select(replaced.as('replaced_at'))
        .as('history'),
    )
    .selectAll()
}

type Row = {
  id: string
  project_id: string
  app: string
  environment: string
  arms: unknown
  deployed_by: string
  deployed_at: Date
  replaced_at: Date | null
}

const arms = z.array(deploymentWord.shape.arms.element)

function deploymentOf(row: Row): StoredDeployment {
  return {
    id: row.id,
    project: row.project_id,
    app: row.app,
    environment: row.environment,
    arms: arms.parse(row.arms),
    deployedBy: row.deployed_by,
    deployedAt: row.deployed_at,
    replacedAt: row.replaced_at ?? undefined,
  }
}
