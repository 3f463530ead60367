import { mkdir } from 'node:fs/promises'
import {
  ClickHouseLogLevel,
  createClient,
  type ClickHouseClient,
  type ClickHouseSettings,
} from '@clickhouse/client'
import { AppError } from '@ratchet/contract'
import type { Log } from '../log.ts'
import { withoutPassword } from '../without-password.ts'
import type { Parameters } from './bind-parameters.ts'
import { ChdbConnection } from './chdb-connection.ts'
import { runColumnarMigrations, type ColumnarMigration } from './columnar-migrations.ts'
import { alwaysSettings, defaultMemoryBytes, embeddedArguments } from './engine-settings.ts'
import { makeProjectQueries, type ProjectQueries, type QueryOptions } from './project-queries.ts'
import { explainQueryError, timedOut } from './query-error.ts'
import { SessionPool } from './session-pool.ts'
import { wellFormedJson } from './well-formed-json.ts'

export type InsertOptions = {
  /** Names the batch: the same token again within the last 10,000 inserts stores nothing. */
  readonly token: string
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
}

/** The columnar engine, ready and migrated. Reading goes through {@link ProjectQueries} only. */
export type Clickhouse = {
  readonly kind: 'chdb' | 'clickhouse'
  readonly version: string
  readonly address: string
  readonly forProject: (project: string) => ProjectQueries
  /** Stores rows once; returns when they are on disk. Use a batch writer for anything frequent. */
  readonly insert: (table: string, rows: readonly object[], options: InsertOptions) => Promise<void>
  /** Statements without rows: DDL, deletes, optimise. Never build them from user input. */
  readonly command: (sql: string, parameters?: Parameters, options?: QueryOptions) => Promise<void>
  /** Reads of the engine itself (system tables, whole-instance totals): not for rows of a project. */
  readonly system: <Row extends object>(
    sql: string,
    parameters?: Parameters,
    options?: QueryOptions,
  ) => Promise<Row[]>
  readonly isAlive: () => Promise<boolean>
  readonly stop: () => Promise<void>
}

const defaultTimeoutMs = 30_000
/** Reads may run side by side with inserts; more sessions than cores only queue inside the engine. */
const embeddedSessions = 3

/** Opens chDB in `folder`, or a ClickHouse server when `clickhouseUrl` is given, and brings its tables up to date. */
export async function openClickhouse(options: {
  folder: string
  clickhouseUrl?: string | undefined
  migrations: readonly ColumnarMigration[]
  memoryBytes?: number
  log: Log
}): Promise<Clickhouse> {
  const memoryBytes = options.memoryBytes ?? defaultMemoryBytes()
  const url = options.clickhouseUrl === '' ? undefined : options.clickhouseUrl
  const client = url === undefined ? await openEmbedded(options.folder, memoryBytes) : openServer(url)
  const engine = makeEngine(client, memoryBytes)
  try {
    const version = await readVersion(engine, url)
    await runColumnarMigrations({
      migrations: options.migrations,
      command: (sql) => engine.command(sql, {}, { timeoutMs: 600_000 }),
      read: (sql) => engine.system(sql),
      record: (id) => engine.insert('schema_migrations', [{ id }], { token: `migration-${id}` }),
      log: options.log,
    })
    const kind = url === undefined ? 'chdb' : 'clickhouse'
    return { ...engine, kind, version, address: url === undefined ? options.folder : withoutPassword(url) }
  } catch (error) {
    await engine.stop()
    throw error
  }
}

const clientOptions = { log: { level: ClickHouseLogLevel.OFF }, json: { stringify: wellFormedJson } }

async function openEmbedded(folder: string, memoryBytes: number): Promise<ClickHouseClient> {
  await mkdir(folder, { recursive: true })
  try {
    const pool = new SessionPool(folder, embeddedSessions, embeddedArguments(memoryBytes))
    return createClient({ ...clientOptions, connection: new ChdbConnection(pool) })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('unavailable', {
      message: `The embedded columnar engine does not open "${folder}": ${reason}. Is another process using the folder? Else restore it from a backup, or set CLICKHOUSE_URL.`,
      details: { folder },
      cause,
    })
  }
}

function openServer(url: string): ClickHouseClient {
  try {
    return createClient({
      ...clientOptions,
      url,
      application: 'ratchet',
      request_timeout: 600_000,
      max_open_connections: 20,
      compression: { request: true, response: true },
    })
  } catch (cause) {
    throw new AppError('unavailable', {
      message: `CLICKHOUSE_URL "${withoutPassword(url)}" is not usable: ${cause instanceof Error ? cause.message : String(cause)}. Write it like http://user:password@host:8123/database.`,
      cause,
    })
  }
}

type Engine = Omit<Clickhouse, 'kind' | 'version' | 'address'>

function makeEngine(client: ClickHouseClient, memoryBytes: number): Engine {
  const always = alwaysSettings(memoryBytes)
  const call = async <Result>(
    options: QueryOptions,
    work: (parts: { abort_signal: AbortSignal; clickhouse_settings: ClickHouseSettings }) => Promise<Result>,
  ): Promise<Result> => {
    const timeoutMs = options.timeoutMs ?? defaultTimeoutMs
    // The engine stops itself first; our own deadline is for one that does not answer at all.
    const deadline = AbortSignal.timeout(timeoutMs + 2_000)
    const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline
    try {
      return await work({
        abort_signal: signal,
        clickhouse_settings: { ...always, max_execution_time: Math.ceil(timeoutMs / 1000) },
      })
    } catch (error) {
      if (options.signal?.aborted) throw options.signal.reason
      if (deadline.aborted) throw timedOut(timeoutMs, error)
      throw explainQueryError(error, timeoutMs)
    }
  }
  const read = (sql: string, parameters: Parameters, options: QueryOptions) =>
    call(options, async ({ abort_signal, clickhouse_settings }) => {
      const result = await client.query({
        query: sql,
        query_params: parameters,
        format: 'JSONEachRow',
        abort_signal,
        clickhouse_settings: { ...clickhouse_settings, cancel_http_readonly_queries_on_client_close: 1 },
      })
      return result.json<Record<string, unknown>>()
    })
  return {
    forProject: (project) => makeProjectQueries(project, read),
    insert: async (table, rows, options) => {
      if (rows.length === 0) return
      await call(options, ({ abort_signal, clickhouse_settings }) =>
        client.insert({
          table,
          values: rows,
          format: 'JSONEachRow',
          abort_signal,
          clickhouse_settings: {
            ...clickhouse_settings,
            insert_deduplicate: 1,
            insert_deduplication_token: options.token,
          },
        }),
      )
    },
    command: async (sql, parameters = {}, options = {}) => {
      await call(options, (parts) => client.command({ query: sql, query_params: parameters, ...parts }))
    },
    system: async <Row extends object>(
      sql: string,
      parameters: Parameters = {},
      options: QueryOptions = {},
    ) => (await read(sql, parameters, options)) as Row[],
    isAlive: async () => (await client.ping({ select: true })).success,
    stop: () => client.close(),
  }
}

async function readVersion(engine: Engine, url: string | undefined): Promise<string> {
  const rows = await engine.system<{ version: string }>(
    'SELECT version() AS version',
    {},
    { timeoutMs: 10_000 },
  )
  const version = rows[0]?.version ?? ''
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major * 100 + minor >= 2508) return version
  throw new AppError('unavailable', {
    message: `ClickHouse at "${withoutPassword(url ?? '')}" is version ${version}; Ratchet needs 25.8 or later. Upgrade it, or unset CLICKHOUSE_URL to use the embedded engine.`,
    details: { version },
  })
}
