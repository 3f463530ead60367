import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { parseError, type createClient } from '@clickhouse/client'
import { bindParameters, type Parameters as QueryParameters } from './bind-parameters.ts'
import { type SessionPool, type SessionSettings, type StatementResult } from './session-pool.ts'

/** The client's hook for another transport; the package does not export the type by name. */
type Connection = NonNullable<NonNullable<Parameters<typeof createClient>[0]>['connection']>
type QueryCall = Parameters<Connection['query']>[0]

/**
 * Lets `@clickhouse/client` talk to chDB in this process. Replaces chDB's own connection because that one runs
 * everything on one session, where the settings of one query (a deduplication token!) stay on for the next.
 */
export class ChdbConnection implements Connection {
  readonly #pool: SessionPool

  constructor(pool: SessionPool) {
    this.#pool = pool
  }

  async query(params: QueryCall): ReturnType<Connection['query']> {
    const { result, base } = await this.#run(params, params.query)
    return { ...base, stream: Readable.from([result.bytes], { objectMode: false }) }
  }

  async exec(params: Parameters<Connection['exec']>[0]): ReturnType<Connection['exec']> {
    const body = params.values === undefined ? '' : `\n${await readText(params.values)}`
    const { result, base } = await this.#run(params, params.query + body)
    return {
      ...base,
      summary: summaryOf(result),
      stream: Readable.from([result.bytes], { objectMode: false }),
    }
  }

  async command(params: QueryCall): ReturnType<Connection['command']> {
    const { result, base } = await this.#run(params, params.query)
    return { ...base, summary: summaryOf(result) }
  }

  async insert(params: Parameters<Connection['insert']>[0]): ReturnType<Connection['insert']> {
    const body = typeof params.values === 'string' ? params.values : await readText(params.values)
    if (body.trim() === '') return { ...this.#base(params) }
    const { result, base } = await this.#run(params, `${params.query}\n${body}`, false)
    return { ...base, summary: summaryOf(result) }
  }

  async ping(): ReturnType<Connection['ping']> {
    try {
      await this.#pool.run('SELECT 1', { format: 'CSV', settings: {} })
      return { success: true }
    } catch (error) {
      return { success: false, error: error instanceof Error ? error : new Error(String(error)) }
    }
  }

  close(): Promise<void> {
    return this.#pool.close()
  }

  async #run(params: QueryCall, sql: string, bind = true) {
    const { format, settings } = splitSettings(params.clickhouse_settings ?? {})
    const text = bind ? bindParameters(sql, (params.query_params ?? {}) as QueryParameters) : sql
    try {
      const result = await this.#pool.run(text, { format, settings, signal: params.abort_signal })
      return { result, base: this.#base(params) }
    } catch (error) {
      if (params.abort_signal?.aborted) throw error
      throw asClientError(error)
    }
  }

  #base(params: QueryCall) {
    return { query_id: params.query_id ?? randomUUID(), response_headers: {}, http_status_code: 200 }
  }
}

/** Settings of the HTTP layer: the client adds them to each query, the engine does not know them. */
const httpOnly = new Set([
  'wait_end_of_query',
  'send_progress_in_http_headers',
  'http_headers_progress_interval_ms',
  'enable_http_compression',
  'cancel_http_readonly_queries_on_client_close',
])

function splitSettings(given: Readonly<Record<string, unknown>>): {
  format: string
  settings: SessionSettings
} {
  const settings: Record<string, string> = {}
  let format = 'TabSeparated'
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || httpOnly.has(name)) continue
    const text = typeof value === 'boolean' ? String(Number(value)) : `${value as string | number}`
    if (name === 'default_format') format = text
    else settings[name] = text
  }
  return { format, settings }
}

/** chDB words its errors like a server does; the client's own parser makes the same error class of both. */
function asClientError(error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error)
  const parsed = parseError(message)
  parsed.cause = error
  return parsed
}

function summaryOf(result: StatementResult) {
  const rows = String(result.rowsRead)
  const bytes = String(result.bytesRead)
  return {
    read_rows: rows,
    read_bytes: bytes,
    written_rows: rows,
    written_bytes: bytes,
    result_rows: rows,
    result_bytes: bytes,
    total_rows_to_read: '0',
    elapsed_ns: String(Math.round(result.elapsed * 1e9)),
  }
}

async function readText(stream: Readable): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array | string))
  return Buffer.concat(chunks).toString('utf8')
}
