import { AppError } from '@ratchet/contract'
import { requireAddress, openAiPath } from '../attempts/describe-upstream.ts'
import { answerLimitBytes } from '../calls/outgoing/collected-bytes.ts'
import type { Exchange } from '../calls/exchange.ts'
import { decodeForeignId, encodeIds, type StoredCall } from '../formats/files-batches/index.ts'
import { isJsonObject, parseJsonOr, type JsonObject } from '../formats/parse-json.ts'
import { settleBatch } from '../batches/settle-batch.ts'
import { admitCall } from '../endpoints/admit-call.ts'
import { explainFailure } from '../providers/explain-failure.ts'
import { forwardProviderError } from '../providers/provider-error.ts'
import { readBounded } from '../providers/read-bounded.ts'
import type { CompiledConnection } from '../snapshot/compile-snapshot.ts'
import { connectionsWith, endpointOf } from './choose-connection.ts'

type Page = { readonly data: readonly JsonObject[]; readonly hasMore: boolean }
const defaultLimit = 20
const mostItems = 100
/** A server that says nothing must not keep the others' files from the client. */
const pageTimeoutMs = 10_000

/**
 * Files or batches of all connections of the project, one connection after the other. Those that turn out not to have
 * the API are passed over; when all fail, the first failure is told.
 */
export function listStored(exchange: Exchange, call: StoredCall): void {
  const timeoutMs = exchange.timeoutMs()
  admitCall(exchange, { subject: '' }, (settle) => {
    const controller = new AbortController()
    const timer = setTimeout(() => controller.abort(new Error('the deadline has passed')), timeoutMs)
    exchange.owner = { onClientGone: () => controller.abort(new Error('the client went away')) }
    collect(exchange, call, controller.signal)
      .then(
        (list) => exchange.guard(() => end(exchange, call, () => exchange.sendJson(200, list))),
        (error: unknown) =>
          exchange.guard(() => {
            const told = exchange.asAppError(error)
            end(exchange, call, () => exchange.breakOff(told), told)
          }),
      )
      .finally(() => {
        clearTimeout(timer)
        settle()
      })
  })
}

async function collect(exchange: Exchange, call: StoredCall, signal: AbortSignal): Promise<JsonObject> {
  const query = new URLSearchParams(exchange.request.url?.split('?')[1] ?? '')
  const after = decodeForeignId(query.get('after') ?? '')
  const limit = readLimit(query.get('limit'))
  const connections = connectionsWith(exchange, endpointOf(call))
  const from = after === undefined ? 0 : connections.findIndex(({ name }) => name === after.connection)
  const data: JsonObject[] = []
  let hasMore = false
  let answered = 0
  let failure: unknown
  const rest = connections.slice(Math.max(0, from))
  for (const [index, connection] of rest.entries()) {
    query.set('limit', String(limit - data.length))
    if (index === 0 && after !== undefined) query.set('after', after.id)
    else query.delete('after')
    try {
      const page = await readPage(exchange, connection, { call, query, signal })
      answered += 1
      for (const item of page.data) {
        settleBatch(exchange, connection, { json: item, isListed: true })
        data.push(encodeIds(item, connection.name))
      }
      hasMore = page.hasMore
    } catch (error) {
      if (signal.aborted) throw error
      failure ??= error
      continue
    }
    if (data.length >= limit) {
      hasMore ||= index < rest.length - 1
      break
    }
  }
  if (answered === 0 && failure !== undefined) throw failure
  const { id: firstId = null } = data[0] ?? {}
  const { id: lastId = null } = data.at(-1) ?? {}
  return { object: 'list', data, first_id: firstId, last_id: lastId, has_more: hasMore }
}

async function readPage(
  exchange: Exchange,
  connection: CompiledConnection,
  { call, query, signal }: { call: StoredCall; query: URLSearchParams; signal: AbortSignal },
): Promise<Page> {
  requireAddress(connection)
  const base = openAiPath(connection, '', call.template.slice(1))
  const path = `${base}${base.includes('?') ? '&' : '?'}${query.toString()}`
  const answer = await exchange.parts.pools
    .poolOf(connection)
    .request({
      path,
      method: 'GET',
      headers: connection.headers,
      signal: AbortSignal.any([signal, AbortSignal.timeout(pageTimeoutMs)]),
    })
    .catch((error: unknown) => {
      throw explainFailure(error instanceof Error ? error : new Error(String(error)), connection)
    })
  const bytes = await readBounded(answer.body, answerLimitBytes).catch((error: unknown) => {
    throw explainFailure(error instanceof Error ? error : new Error(String(error)), connection)
  })
  const json = parseJsonOr(bytes.toString())
  const status = answer.statusCode
  if (status < 300 && isJsonObject(json) && Array.isArray(json['data']))
    return { data: json['data'].filter(isJsonObject), hasMore: json['has_more'] === true }
  const contentType = String(answer.headers['content-type'] ?? '')
  const refusal = { status, contentType, body: bytes, connection, hint: '' }
  throw new AppError('provider_error', { message: forwardProviderError(refusal).message })
}

function readLimit(text: string | null): number {
  const limit = Number(text ?? defaultLimit)
  return Number.isInteger(limit) ? Math.min(Math.max(limit, 1), mostItems) : defaultLimit
}

function end(exchange: Exchange, { template }: StoredCall, done: () => void, error?: AppError): void {
  exchange.owner = undefined
  const span = {
    name: `GET ${template.slice(1)}`,
    type: 'other',
    status: error === undefined ? 'ok' : 'error',
    errorCode: error?.code ?? '',
    errorMessage: error?.message ?? '',
    attributes: JSON.stringify({ request_id: exchange.requestId }),
  } as const
  exchange.writeSpan(span, done)
}
