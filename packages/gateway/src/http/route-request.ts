import type { IncomingMessage, ServerResponse } from 'node:http'
import { AppError } from '@ratchet/contract'
import { suggestNames } from '@ratchet/core/graph'
import { Exchange } from '../calls/exchange.ts'
import { handleChat, handleEmbeddings } from '../calls/handle-model-request.ts'
import { handleGetModel, handleListModels } from '../calls/handle-models.ts'
import type { GatewayParts } from '../gateway-parts.ts'

type Handler = (exchange: Exchange) => void

const routes: ReadonlyMap<string, { readonly method: string; readonly handle: Handler }> = new Map([
  ['/v1/chat/completions', { method: 'POST', handle: handleChat }],
  ['/v1/embeddings', { method: 'POST', handle: handleEmbeddings }],
  ['/v1/models', { method: 'GET', handle: handleListModels }],
])
const oneModel = '/v1/models/'

/** Sends a request of the API to its handler; unknown paths and methods get errors in OpenAI's form. */
export function routeRequest(parts: GatewayParts, request: IncomingMessage, response: ServerResponse): void {
  const path = pathOf(request.url ?? '/')
  const route = routes.get(path)
  if (route !== undefined) return run(parts, path, request, response, route)
  if (path.startsWith(oneModel) && path.length > oneModel.length) {
    const handle: Handler = (exchange) => handleGetModel(exchange, path.slice(oneModel.length))
    return run(parts, '/v1/models/{id}', request, response, { method: 'GET', handle })
  }
  const exchange = new Exchange(parts, 'unknown', request, response)
  exchange.sendError(notFound(request.method ?? '', path))
}

function run(
  parts: GatewayParts,
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
  route: { readonly method: string; readonly handle: Handler },
): void {
  const exchange = new Exchange(parts, name, request, response)
  if (request.method === route.method) return exchange.guard(() => route.handle(exchange))
  const message = `${request.method} is not possible on ${name}; use ${route.method}.`
  exchange.sendError(new AppError('method_not_allowed', { message }), ['allow', route.method])
}

function pathOf(url: string): string {
  const query = url.indexOf('?')
  return query === -1 ? url : url.slice(0, query)
}

function notFound(method: string, path: string): AppError {
  const known = [...routes].map(([name, route]) => `${route.method} ${name}`)
  const near = suggestNames(path, routes.keys())
  const shown = path.length > 200 ? `${path.slice(0, 200)}…` : path
  return new AppError('not_found', {
    message: `There is no ${method} ${shown} here. ${near === '' ? `There are ${known.join(', ')}; the management API is on the other port.` : near}`,
  })
}
