import { AppError } from '@ratchet/contract'
import { responsesApi } from '../apis/chat-apis.ts'
import { openAiPath } from '../attempts/describe-upstream.ts'
import type { Exchange } from '../calls/exchange.ts'
import { proxyCall } from '../endpoints/proxied-call.ts'
import type { JsonObject } from '../formats/parse-json.ts'
import { earlierItems } from './handle-responses.ts'
import type { StoredResponse } from './stored-response.ts'

export type StoredResponseCall = {
  readonly method: 'GET' | 'DELETE' | 'POST'
  readonly id: string
  readonly action: '' | 'input_items' | 'cancel'
}

const path = /^\/v1\/responses\/([^/]+)(?:\/(input_items|cancel))?$/

/** What a request for `/v1/responses/{id}...` wants; undefined for other paths, and for other methods. */
export function matchStoredResponse(method: string, url: string): StoredResponseCall | undefined {
  const [, id, action = ''] = path.exec(url) ?? []
  if (id === undefined) return undefined
  if (action === 'cancel') return method === 'POST' ? { method, id, action } : undefined
  if (action === 'input_items') return method === 'GET' ? { method, id, action } : undefined
  return method === 'GET' || method === 'DELETE' ? { method, id, action: '' } : undefined
}

/** Reads, lists or forgets a stored response, here or at the provider that keeps it. */
export function handleStoredResponse(exchange: Exchange, call: StoredResponseCall): void {
  exchange.errorBody = responsesApi.errorBody
  exchange.guard(() => {
    const { project } = exchange.authenticate('model:invoke')
    exchange.parts.responses.get(project.id, call.id).then(
      (stored) => exchange.guard(() => answer(exchange, call, stored)),
      (error: unknown) => exchange.guard(() => exchange.breakOff(exchange.asAppError(error))),
    )
  })
}

function answer(exchange: Exchange, call: StoredResponseCall, stored: StoredResponse | undefined): void {
  const { caller, parts } = exchange
  if (caller === undefined) return
  if (stored === undefined) throw notFound(call.id)
  const { method, id, action } = call
  if (stored.kind === 'native') return askProvider(exchange, call, stored.connection)
  if (action === 'cancel')
    throw new AppError('validation_failed', {
      message: `Response "${id}" is over; only responses with "background" can be cancelled.`,
      details: { param: 'id' },
    })
  if (method === 'DELETE') {
    parts.responses.forget(caller.project.id, id).then(
      () => exchange.guard(() => exchange.sendJson(200, { id, object: 'response', deleted: true })),
      (error: unknown) => exchange.guard(() => exchange.breakOff(exchange.asAppError(error))),
    )
    return
  }
  if (action === '') return exchange.sendJson(200, stored.response)
  itemsOf(exchange, stored).then(
    (items) => exchange.guard(() => exchange.sendJson(200, listItems(items, queryOf(exchange)))),
    (error: unknown) => exchange.guard(() => exchange.breakOff(exchange.asAppError(error))),
  )
}

function askProvider(exchange: Exchange, { method, id, action }: StoredResponseCall, name: string): void {
  const { caller, parts } = exchange
  const connection = caller?.project.connections.get(name)
  if (caller === undefined || connection === undefined) throw notFound(id)
  const tail = action === '' ? '' : `/${action}`
  const query = exchange.request.url?.split('?')[1]
  const base = openAiPath(connection, '', `responses/${encodeURIComponent(id)}${tail}`)
  const mark = base.includes('?') ? '&' : '?'
  proxyCall(exchange, connection, {
    operation: `${method} responses${tail}`,
    method,
    path: query === undefined ? base : `${base}${mark}${query}`,
    body: null,
    rewrite: (json) => {
      if (method === 'DELETE') void parts.responses.forget(caller.project.id, id)
      return json
    },
  })
}

/** What was asked, with what came before it, oldest first; every item has an id. */
async function itemsOf(
  exchange: Exchange,
  stored: Extract<StoredResponse, { kind: 'kept' }>,
): Promise<readonly JsonObject[]> {
  const { previous, input } = stored
  const before =
    previous === undefined
      ? []
      : await exchange.parts.responses
          .get(exchange.caller?.project.id ?? '', previous)
          .then((found) => (found?.kind === 'kept' ? earlierItems(exchange, found) : []))
  const base = stored.id.replace(/^resp_/, '')
  return [...before, ...input].map((item, index) =>
    typeof item['id'] === 'string'
      ? item
      : { id: `${item['call_id'] === undefined ? 'msg' : 'fc'}_${base}_in${index}`, ...item },
  )
}

function queryOf({ request }: Exchange): URLSearchParams {
  return new URLSearchParams(request.url?.split('?')[1] ?? '')
}

const mostItems = 100

function listItems(items: readonly JsonObject[], query: URLSearchParams): JsonObject {
  const ordered = query.get('order') === 'asc' ? items : items.toReversed()
  const after = query.get('after')
  const from = after === null ? 0 : ordered.findIndex(({ id }) => id === after) + 1
  const asked = Number(query.get('limit') ?? 20)
  const limit = Number.isInteger(asked) ? Math.min(Math.max(asked, 1), mostItems) : 20
  const data = ordered.slice(from, from + limit)
  return {
    object: 'list',
    data,
    first_id: data[0]?.['id'] ?? null,
    last_id: data.at(-1)?.['id'] ?? null,
    has_more: from + limit < ordered.length,
  }
}

function notFound(id: string): AppError {
  return new AppError('not_found', {
    message: `Response with id ${JSON.stringify(id.slice(0, 200))} not found: it was never stored, is older than 30 days, or was deleted.`,
    details: { param: 'id' },
  })
}
