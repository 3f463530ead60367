import { AppError, isAppError } from '@ratchet/contract'
import { chatCompletionsApi } from '../apis/chat-apis.ts'
import type { ChatApi } from '../apis/client-api.ts'
import { readAppName, startAppCall } from '../apps/start-app-call.ts'
import { inputText, readModelRequest, type ModelRequest, type RequestShape } from '../formats/chat-request.ts'
import { embeddingsApi } from '../endpoints/embeddings-endpoint.ts'
import { guardsOf } from '../guardrails/compile-guards.ts'
import { redactsInput, unreadInput } from '../guardrails/guard-input.ts'
import { readBody } from '../http/read-body.ts'
import type { Exchange } from './exchange.ts'
import { ModelCall } from './model-call.ts'
import { resolveModel } from './resolve-model.ts'

const chatShape: RequestShape = { inputField: 'messages' }
const embeddingsShape: RequestShape = { inputField: 'input' }

/** `POST /v1/chat/completions`: a model, a route or an app, whole or streamed. */
export function handleChat(exchange: Exchange): void {
  handleModelRequest(exchange, chatShape, (request) => startChat(exchange, request, chatCompletionsApi))
}

/** A chat request of any other format. */
export function handleChatApi(exchange: Exchange, api: ChatApi, shape: RequestShape): void {
  exchange.errorBody = api.errorBody
  exchange.guard(() => handleModelRequest(exchange, shape, (request) => startChat(exchange, request, api)))
}

/** `POST /v1/embeddings`. */
export function handleEmbeddings(exchange: Exchange): void {
  exchange.spanType = 'embedding'
  handleEndpoint(exchange, embeddingsApi, embeddingsShape)
}

/** A JSON request of an API that is no chat. */
export function handleEndpoint(exchange: Exchange, api: ChatApi, shape: RequestShape): void {
  exchange.errorBody = api.errorBody
  exchange.guard(() =>
    handleModelRequest(exchange, shape, (request) => startEndpoint(exchange, request, api)),
  )
}

/** A call of a model that no app can answer. */
export function startEndpoint(exchange: Exchange, request: ModelRequest, api: ChatApi): void {
  const { caller, environment } = exchange
  if (caller === undefined) return
  const route = resolveModel(caller.project, request.model, environment)
  api.check(request)
  new ModelCall(exchange, { api, request, route }).start()
}

/** Reads a request with a JSON body and begins it; what it is refused for becomes a span. */
export function handleModelRequest(
  exchange: Exchange,
  shape: RequestShape,
  start: (request: ModelRequest) => void,
): void {
  exchange.authenticate('model:invoke')
  refuseForm(exchange.request.headers['content-type'])
  readBody(exchange.request, exchange.snapshot().limits.bodyBytes, (error, body) => {
    exchange.guard(() => {
      if (error !== undefined) throw error
      const request = readModelRequest(body, shape)
      exchange.identify(request.json)
      begin(exchange, request, () => start(request))
    })
  })
}

/** Other content types pass: what counts is that the body is JSON, and not every client says so. */
function refuseForm(contentType: string | undefined): void {
  if (contentType === undefined || !contentType.startsWith('multipart/')) return
  throw new AppError('bad_request', {
    message: `The body is a form (${contentType.slice(0, 100)}); this API takes JSON: send it as application/json.`,
    details: { param: 'content-type' },
  })
}

/** Begins a chat call of an app, a route or a model. */
export function startChat(exchange: Exchange, request: ModelRequest, api: ChatApi): void {
  const { caller, environment } = exchange
  if (caller === undefined) return
  const app = readAppName(request.model)
  if (app !== undefined) return startAppCall(exchange, request, { name: app, api })
  const route = resolveModel(caller.project, request.model, environment)
  api.check(request)
  new ModelCall(exchange, { api, request, route }).start()
}

/** Runs a step of a request that has been read; an error of ours becomes its answer and its span. */
export function begin(exchange: Exchange, request: ModelRequest, step: () => void): void {
  try {
    step()
  } catch (failure) {
    if (!isAppError(failure)) throw failure
    refuse(exchange, request, failure)
  }
}

/** A request that names what it wants and does not get it is worth a span: it is how people find their mistakes. */
function refuse(exchange: Exchange, request: ModelRequest, error: AppError): void {
  const isApp = readAppName(request.model) !== undefined
  const span = {
    name: request.model.slice(0, 200),
    type: isApp ? 'app' : exchange.spanType,
    status: 'error',
    errorCode: error.code,
    errorMessage: error.message,
    input: mayKeepInput(exchange, request) ? inputText(request) : unreadInput,
    attributes: `{"request_id":${JSON.stringify(exchange.requestId)}}`,
  } as const
  exchange.writeSpan(span, () => exchange.sendError(error))
}

/** No guardrail has read what is refused before it has a route: what one would have redacted is not kept. */
function mayKeepInput({ caller, environment }: Exchange, request: ModelRequest): boolean {
  if (caller === undefined || caller.project.config.guardrails.length === 0) return true
  let names: readonly string[] = []
  try {
    names = resolveModel(caller.project, request.model, environment).guardrails
  } catch {
    // A model that is not there has the default guardrails, which always hold.
  }
  return !redactsInput(guardsOf(caller.project).of(names))
}
