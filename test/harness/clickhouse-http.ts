import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { buffer } from 'node:stream/consumers'
import { createGunzip, gzipSync } from 'node:zlib'
import { randomUUID } from 'node:crypto'
import { drainPending, Session } from 'chdb'

/** A ClickHouse server for tests: the HTTP protocol in front of the chDB engine in this process. */
export type ClickhouseHttp = {
  readonly url: string
  /** Requests so far, to see what really went over the wire. */
  readonly requests: readonly { method: string; settings: Readonly<Record<string, string>>; query: string }[]
  readonly stop: () => Promise<void>
}

/** Query arguments that are not settings. */
const notSettings = new Set([
  'query',
  'database',
  'user',
  'password',
  'session_id',
  'query_id',
  'role',
  'compress',
])
/** Settings of the real server's HTTP layer. */
const httpLayer = new Set([
  'wait_end_of_query',
  'send_progress_in_http_headers',
  'http_headers_progress_interval_ms',
  'enable_http_compression',
  'cancel_http_readonly_queries_on_client_close',
  'default_format',
])

/** Serves the chDB folder on a free port of 127.0.0.1. One folder per process: stop it before opening another. */
export async function startClickhouseHttp(folder: string): Promise<ClickhouseHttp> {
  const session = new Session(folder)
  const requests: { method: string; settings: Record<string, string>; query: string }[] = []
  // chDB keeps what SET changes on its one session: requests take turns, each resets what it set.
  let turn = Promise.resolve()
  const server = createServer((request, response) => {
    const answer = async () => {
      try {
        await handle(session, request, response, requests)
      } catch (error) {
        sendException(response, error)
      }
    }
    turn = turn.then(answer, answer)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await turn
      session.close()
      await drainPending()
    },
  }
}

async function handle(
  session: Session,
  request: IncomingMessage,
  response: ServerResponse,
  requests: { method: string; settings: Record<string, string>; query: string }[],
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost')
  if (url.pathname === '/ping') return void response.writeHead(200).end('Ok.\n')
  const unzipped = request.headers['content-encoding'] === 'gzip' ? request.pipe(createGunzip()) : request
  const body = (await buffer(unzipped)).toString('utf8')
  const inUrl = url.searchParams.get('query') ?? ''
  const sql = inUrl === '' ? body : body === '' ? inUrl : `${inUrl}\n${body}`
  const settings: Record<string, string> = {}
  for (const [name, value] of url.searchParams) {
    // `SET param_x` reads its text like the server reads the argument, so parameters are settings here.
    if (!notSettings.has(name) && !httpLayer.has(name)) settings[name] = value
  }
  requests.push({ method: request.method ?? '', settings, query: sql.slice(0, 2_000) })
  const sets = Object.entries(settings).map(
    ([name, value]) => `SET ${name} = '${value.replace(/[\\']/g, '\\$&')}';`,
  )
  const resets = Object.keys(settings)
    .filter((name) => !name.startsWith('param_'))
    .map((name) => `SET ${name} = DEFAULT`)
  const format =
    request.headers['x-clickhouse-format'] ?? url.searchParams.get('default_format') ?? 'TabSeparated'
  try {
    for (const set of sets) await session.queryAsync(set.slice(0, -1))
    const result = await session.queryAsync(sql, { format: String(format) })
    send(request, response, Buffer.from(result.bytes()), result.rowsRead, url.searchParams)
  } finally {
    for (const reset of resets) await session.queryAsync(reset).catch(() => undefined)
  }
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Buffer,
  rows: number,
  query: URLSearchParams,
): void {
  const wantsGzip =
    query.get('enable_http_compression') === '1' && /gzip/.test(String(request.headers['accept-encoding']))
  response.writeHead(200, {
    'content-type': 'text/plain; charset=UTF-8',
    'x-clickhouse-query-id': query.get('query_id') ?? randomUUID(),
    'x-clickhouse-summary': JSON.stringify({ read_rows: String(rows), written_rows: String(rows) }),
    'x-clickhouse-server-display-name': 'chdb-behind-http',
    ...(wantsGzip ? { 'content-encoding': 'gzip' } : {}),
  })
  response.end(wantsGzip ? gzipSync(bytes) : bytes)
}

function sendException(response: ServerResponse, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error)
  const code = /Code: (\d+)/.exec(message)?.[1] ?? '1002'
  const status = code === '60' ? 404 : code === '159' || code === '241' ? 500 : 400
  response.writeHead(status, {
    'x-clickhouse-exception-code': code,
    'content-type': 'text/plain; charset=UTF-8',
  })
  response.end(message)
}
