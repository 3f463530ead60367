import { isAppError, type AppError } from '@ratchet/contract'
import { readAppName, startAppCall } from '../apps/start-app-call.ts'
import { readChatAnswer } from '../formats/chat-answer.ts'
import {
  checkMessages,
  fieldText,
  forwardBody,
  readModelRequest,
  type ModelRequest,
} from '../formats/chat-request.ts'
import { readEmbeddingAnswer } from '../formats/embedding-answer.ts'
import { readBody } from '../http/read-body.ts'
import type { Exchange } from './exchange.ts'
import { answerOfflineChat, answerOfflineEmbeddings } from './offline-call.ts'
import { PlainCall } from './plain-call.ts'
import { resolveModel } from './resolve-model.ts'
import { StreamCall } from './stream-call.ts'

/** `POST /v1/chat/completions`: a model or an app, whole or streamed. */
export function handleChat(exchange: Exchange): void {
  handleModelRequest(exchange, 'llm', startChat)
}

/** `POST /v1/embeddings`. */
export function handleEmbeddings(exchange: Exchange): void {
  handleModelRequest(exchange, 'embedding', startEmbeddings)
}

function handleModelRequest(
  exchange: Exchange,
  type: 'llm' | 'embedding',
  start: (exchange: Exchange, request: ModelRequest) => void,
): void {
  exchange.authenticate('model:invoke')
  readBody(exchange.request, exchange.snapshot().limits.bodyBytes, (error, body) => {
    exchange.guard(() => {
      if (error !== undefined) throw error
      const request = readModelRequest(body)
      exchange.identify(request.json)
      try {
        start(exchange, request)
      } catch (failure) {
        if (!isAppError(failure)) throw failure
        refuse(exchange, request, type, failure)
      }
    })
  })
}

function startChat(exchange: Exchange, request: ModelRequest): void {
  const { caller, environment } = exchange
  if (caller === undefined) return
  const app = readAppName(request.model)
  if (app !== undefined) return startAppCall(exchange, request, app)
  const target = resolveModel(caller.project, request.model, environment)
  exchange.connection = target.connection.name
  checkMessages(request)
  if (target.connection.provider === 'offline') return answerOfflineChat(exchange, request, target)
  const body = forwardBody(request, target.model)
  if (request.isStream) new StreamCall(exchange, target, request).start('/chat/completions', body)
  else new PlainCall(exchange, target, request, readChatAnswer).start('/chat/completions', body)
}

function startEmbeddings(exchange: Exchange, request: ModelRequest): void {
  const { caller, environment } = exchange
  if (caller === undefined) return
  const target = resolveModel(caller.project, request.model, environment)
  exchange.connection = target.connection.name
  if (target.connection.provider === 'offline') return answerOfflineEmbeddings(exchange, request, target)
  const body = forwardBody(request, target.model)
  new PlainCall(exchange, target, request, readEmbeddingAnswer).start('/embeddings', body)
}

/** A request that names what it wants and does not get it is worth a span: it is how people find their mistakes. */
function refuse(exchange: Exchange, request: ModelRequest, type: 'llm' | 'embedding', error: AppError): void {
  const isApp = readAppName(request.model) !== undefined
  const span = {
    name: request.model.slice(0, 200),
    type: isApp ? 'app' : type,
    status: 'error',
    errorCode: error.code,
    errorMessage: error.message,
    input: fieldText(request, type === 'llm' ? 'messages' : 'input'),
    attributes: `{"request_id":${JSON.stringify(exchange.requestId)}}`,
  } as const
  exchange.writeSpan(span, () => exchange.sendError(error))
}
