import { AppError } from '@ratchet/contract'
import { responsesApi } from '../apis/chat-apis.ts'
import { readAppName } from '../apps/start-app-call.ts'
import type { Exchange } from '../calls/exchange.ts'
import { begin, handleModelRequest, startChat } from '../calls/handle-model-request.ts'
import { ModelCall } from '../calls/model-call.ts'
import { resolveModel } from '../calls/resolve-model.ts'
import { readModelRequest, type ModelRequest, type RequestShape } from '../formats/chat-request.ts'
import type { JsonObject } from '../formats/parse-json.ts'
import type { CompiledRoute } from '../routing/compiled-route.ts'
import { keepsResponses, storingApi } from './storing-api.ts'
import { inputItems, outputItems, type StoredResponse } from './stored-response.ts'

const shape: RequestShape = { inputField: 'input', systemField: 'instructions' }
const longestChain = 1_000

/** `POST /v1/responses`: with `previous_response_id` whoever keeps the earlier response continues it. */
export function handleResponses(exchange: Exchange): void {
  exchange.errorBody = responsesApi.errorBody
  exchange.guard(() => handleModelRequest(exchange, shape, (request) => start(exchange, request)))
}

function start(exchange: Exchange, request: ModelRequest): void {
  const previous = request.json['previous_response_id']
  if (previous === undefined || previous === null)
    return startChat(exchange, request, apiOf(exchange, request))
  if (typeof previous !== 'string' || previous === '') throw notFound(previous)
  continueResponse(exchange, request, previous).then(
    (step) => exchange.guard(() => begin(exchange, request, step)),
    (error: unknown) =>
      exchange.guard(() =>
        begin(exchange, request, () => {
          throw error
        }),
      ),
  )
}

/** Finds the earlier responses and gives what begins the call. */
async function continueResponse(
  exchange: Exchange,
  request: ModelRequest,
  previous: string,
): Promise<() => void> {
  const found = await find(exchange, previous)
  if (found?.kind === 'kept') {
    const earlier = await earlierItems(exchange, found)
    return () => continueKept(exchange, request, { previous, earlier })
  }
  return () => continueNative(exchange, request, { previous, connection: found?.connection })
}

/** What the gateway has kept is said again, so that any model can continue it. */
function continueKept(
  exchange: Exchange,
  request: ModelRequest,
  { previous, earlier }: { previous: string; earlier: readonly JsonObject[] },
): void {
  if (exchange.response.destroyed) return
  const { previous_response_id: _, ...json } = request.json
  const body = Buffer.from(
    JSON.stringify({ ...json, input: [...earlier, ...inputItems(request.json['input'])] }),
  )
  const whole = readModelRequest(body, shape)
  startChat(exchange, whole, apiOf(exchange, request, previous))
}

/** What a provider keeps, only that provider can continue. */
function continueNative(
  exchange: Exchange,
  request: ModelRequest,
  { previous, connection }: { previous: string; connection: string | undefined },
): void {
  const { caller, environment } = exchange
  if (caller === undefined || exchange.response.destroyed) return
  if (readAppName(request.model) !== undefined) throw notFound(previous)
  const route = onlyKeepers(resolveModel(caller.project, request.model, environment), connection)
  if (route !== undefined)
    return new ModelCall(exchange, { api: apiOf(exchange, request), request, route }).start()
  if (connection === undefined) throw notFound(previous)
  throw new AppError('model_unsupported', {
    message: `"previous_response_id" is "${previous}", which the provider of connection "${connection}" keeps, and "${request.model}" is no model of it. Ask a model of "${connection}", or send the whole conversation as "input".`,
    details: { param: 'previous_response_id', connection },
  })
}

/** The route with those of its models that keep responses: all, or those of the connection that has this one. */
function onlyKeepers(route: CompiledRoute, connection: string | undefined): CompiledRoute | undefined {
  const pools = [
    route.pool,
    ...route.rules.map(({ pool }) => pool),
    ...(route.worth === undefined ? [] : [route.worth.high, route.worth.low]),
    ...(route.cascade === undefined ? [] : [route.cascade.steps]),
  ]
  const targets = pools
    .flatMap((pool) => pool.targets)
    .filter(
      (target, index, all) =>
        keepsResponses(target) &&
        (connection === undefined || target.connection.name === connection) &&
        all.findIndex(({ name }) => name === target.name) === index,
    )
  if (targets.length === 0) return undefined
  return { ...route, pool: { ...route.pool, targets }, rules: [], worth: undefined, cascade: undefined }
}

function apiOf(exchange: Exchange, request: ModelRequest, previous?: string) {
  const { caller, parts } = exchange
  const project = caller?.project.id ?? ''
  const isStored = request.json['store'] !== false
  return storingApi({
    input: inputItems(request.json['input']),
    previous,
    id: `resp_${exchange.traceId}${exchange.spanId}`,
    put: (stored) => {
      if (isStored) parts.responses.put(project, stored)
    },
  })
}

/** Items of a kept response and of all before it, oldest first. Throws when one of them is gone. */
export async function earlierItems(
  exchange: Exchange,
  last: Extract<StoredResponse, { kind: 'kept' }>,
): Promise<readonly JsonObject[]> {
  const turns: (readonly JsonObject[])[] = []
  let stored: StoredResponse | undefined = last
  while (stored !== undefined && turns.length < longestChain) {
    if (stored.kind === 'native') throw notFound(stored.id)
    turns.push([...stored.input, ...outputItems(stored.response)])
    if (stored.previous === undefined) return turns.toReversed().flat()
    const { previous }: { readonly previous?: string } = stored
    stored = previous === undefined ? undefined : await find(exchange, previous)
    if (stored === undefined) throw notFound(previous)
  }
  throw notFound(last.id)
}

function find({ caller, parts }: Exchange, id: string): Promise<StoredResponse | undefined> {
  return parts.responses.get(caller?.project.id ?? '', id)
}

function notFound(id: unknown): AppError {
  return new AppError('previous_response_not_found', {
    message: `Previous response with id ${JSON.stringify(id)} not found: it was never stored, is older than 30 days, or was deleted. Send the whole conversation as "input".`,
    details: { param: 'previous_response_id' },
  })
}
