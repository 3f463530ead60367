import { sql } from 'kysely'
import type { Db, Queries } from '#platform/postgres/database.ts'
import { storableText } from '#platform/postgres/storable-text.ts'
import { transaction } from '#platform/postgres/transaction.ts'
import type { RoutedLines } from './routed-lines.ts'

export type BatchKey = { readonly project: string; readonly connection: string; readonly batchId: string }

/** Who made a batch, and where its span is. */
export type BatchOwner = {
  readonly environment: string
  readonly keyId: string
  readonly userId: string
  readonly sessionId: string
  readonly traceId: string
  /** Whose run made it; empty outside of one. */
  readonly app: string
}

export type MadeBatch = BatchKey &
  BatchOwner & {
    readonly clientId: string
    /** The provider's id of the file of its requests. */
    readonly inputFile: string
    readonly createdAt: Date
    readonly nextLookAt: Date
  }

/** Notes a batch; the first note of it stays. */
export async function addBatch(queries: Queries, batch: MadeBatch): Promise<void> {
  await queries
    .insertInto('batches')
    .values({
      project_id: batch.project,
      connection: batch.connection,
      batch_id: storableText(batch.batchId),
      client_id: storableText(batch.clientId),
      environment: batch.environment,
      key_id: batch.keyId,
      user_id: storableText(batch.userId),
      session_id: storableText(batch.sessionId),
      trace_id: batch.traceId,
      app: batch.app,
      input_file: storableText(batch.inputFile),
      created_at: batch.createdAt,
      next_look_at: batch.nextLookAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export type BatchFile = {
  readonly project: string
  readonly connection: string
  readonly fileId: string
  readonly routes: RoutedLines
  readonly createdAt: Date
}

/** A batch ends within days; a file that nobody used for so long is forgotten. */
const keepFilesMs = 90 * 24 * 60 * 60_000

/** Notes which routes the lines of a file name. */
export async function addBatchFile(queries: Queries, file: BatchFile): Promise<void> {
  await queries
    .deleteFrom('batch_files')
    .where('project_id', '=', file.project)
    .where('created_at', '<', new Date(file.createdAt.getTime() - keepFilesMs))
    .execute()
  await queries
    .insertInto('batch_files')
    .values({
      project_id: file.project,
      connection: file.connection,
      file_id: storableText(file.fileId),
      routes: JSON.stringify(
        Object.fromEntries(Object.entries(file.routes).map(([model, lines]) => [storableText(model), lines])),
      ),
      created_at: file.createdAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** A batch that a shipment settles: whose it is, and which routes the lines of its file name, when they name any. */
export type SettledBatch = {
  readonly owner: BatchOwner
  readonly createdAt: Date
  readonly routes: RoutedLines
}

/**
 * Says that a shipment settles a model of a batch. Gives the batch's owner when it does; undefined when another shipment
 * has, or when nobody made the batch here.
 */
export function settle(
  db: Db,
  { project, connection, batchId }: BatchKey,
  { model, token }: { readonly model: string; readonly token: string },
): Promise<SettledBatch | undefined> {
  const batch_id = storableText(batchId)
  return transaction(db, async (trx) => {
    const row = await trx
      .updateTable('batches')
      .set({ next_look_at: null })
      .where('project_id', '=', project)
      .where('connection', '=', connection)
      .where('batch_id', '=', batch_id)
      .returning(['environment', 'key_id', 'user_id', 'session_id', 'trace_id', 'app', 'input_file'])
      .returning('created_at')
      .executeTakeFirst()
    if (row === undefined) return undefined
    const { token: settledBy } = await trx
      .insertInto('batch_settlements')
      .values({ project_id: project, connection, batch_id, model: storableText(model), token })
      .onConflict((conflict) =>
        conflict
          .columns(['project_id', 'connection', 'batch_id', 'model'])
          .doUpdateSet({ token: sql`batch_settlements.token` }),
      )
      .returning('token')
      .executeTakeFirstOrThrow()
    if (settledBy !== token) return undefined
    const file = await trx
      .selectFrom('batch_files')
      .select('routes')
      .where('project_id', '=', project)
      .where('connection', '=', connection)
      .where('file_id', '=', row.input_file)
      .executeTakeFirst()
    const { environment, key_id: keyId, user_id: userId, session_id: sessionId, trace_id: traceId, app } = row
    const owner = { environment, keyId, userId, sessionId, traceId, app }
    return { owner, createdAt: row.created_at, routes: file?.routes ?? {} }
  })
}

export type DueBatch = BatchKey & {
  readonly clientId: string
  readonly environment: string
  readonly createdAt: Date
}

/** Batches to be looked at now; they are put off, so that no other process looks at them as well. */
export async function takeDue(
  queries: Queries,
  { now, until, most }: { readonly now: Date; readonly until: Date; readonly most: number },
): Promise<DueBatch[]> {
  const { rows } = await sql<{
    project_id: string
    connection: string
    batch_id: string
    client_id: string
    environment: string
    created_at: Date
  }>`update batches set next_look_at = ${until}
    where (project_id, connection, batch_id) in (
      select project_id, connection, batch_id from batches where next_look_at <= ${now}
      order by next_look_at limit ${most} for update skip locked
    ) returning project_id, connection, batch_id, client_id, environment, created_at`.execute(queries)
  return rows.map((row) => ({
    project: row.project_id,
    connection: row.connection,
    batchId: row.batch_id,
    clientId: row.client_id,
    environment: row.environment,
    createdAt: row.created_at,
  }))
}

/** Says when to look again, unless the batch was settled meanwhile; undefined: never. */
export async function lookAgain(
  queries: Queries,
  { project, connection, batchId }: BatchKey,
  at: Date | undefined,
): Promise<void> {
  await queries
    .updateTable('batches')
    .set({ next_look_at: at ?? null })
    .where('project_id', '=', project)
    .where('connection', '=', connection)
    .where('batch_id', '=', batchId)
    .where('next_look_at', 'is not', null)
    .execute()
}
