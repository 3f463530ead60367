import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One call as the fake saw it. */
export type SeenCall = {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly body: unknown
  readonly key: string | undefined
}

type Answer = { readonly status?: number; readonly json?: unknown; readonly events?: readonly unknown[] }
type Handler = (call: SeenCall) => Answer

/** A control plane that answers what a test says, over the real wire format. */
export type FakeApi = { readonly url: string; readonly calls: SeenCall[]; stop(): Promise<void> }

/** Starts a fake; handlers are found by `METHOD /path`. `GET /api/v1/me` is answered already. */
export async function startFakeApi(handlers: Readonly<Record<string, Handler>>): Promise<FakeApi> {
  const calls: SeenCall[] = []
  const server = createServer((request, response) => {
    void readBody(request).then((text) => {
      const url = new URL(request.url ?? '/', 'http://fake')
      const call: SeenCall = {
        method: request.method ?? '',
        path: url.pathname,
        query: url.searchParams,
        body: text === '' ? undefined : JSON.parse(text),
        key: request.headers.authorization?.replace('Bearer ', ''),
      }
      calls.push(call)
      const { status = 200, json, events } = (handlers[`${call.method} ${call.path}`] ?? answerUnknown)(call)
      response.writeHead(status, { 'content-type': events ? 'text/event-stream' : 'application/json' })
      if (events) response.end(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''))
      else response.end(JSON.stringify(json))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${address.port}`, calls, stop: () => stopServer(server) }
}

function answerUnknown({ method, path }: SeenCall): Answer {
  if (path === '/api/v1/me') return { json: me }
  return {
    status: 404,
    json: { error: { code: 'not_found', message: `The fake has no ${method} ${path}.` } },
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}

async function stopServer(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}

const me = {
  actor: { kind: 'key', id: 'k', name: 'test' },
  project: {
    id: '01900000-0000-7000-8000-000000000001',
    name: 'default',
    environments: [],
    createdAt: '2026-11-21T00:00:00.000Z',
  },
  permissions: [],
  version: '0.1.0',
  gatewayUrl: 'http://127.0.0.1:1',
}
