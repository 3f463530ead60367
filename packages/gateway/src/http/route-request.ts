import type { IncomingMessage, ServerResponse } from 'node:http'
import { AppError } from '@ratchet/contract'
import { suggestNames } from '@ratchet/core/graph'
import { geminiApi, messagesApi } from '../apis/chat-apis.ts'
import { Exchange } from '../calls/exchange.ts'
import { handleChat, handleChatApi, handleEmbeddings, handleEndpoint } from '../calls/handle-model-request.ts'
import { handleGetModel, handleListModels } from '../calls/handle-models.ts'
import { geminiEmbeddingsApi } from '../endpoints/embeddings-endpoint.ts'
import { handleCountContents, handleCountMessages } from '../endpoints/count-tokens-endpoint.ts'
import { handleImageEdits, handleImages, handleImageVariations } from '../endpoints/images-endpoint.ts'
import { handleModerations } from '../endpoints/moderations-endpoint.ts'
import { handleRerank } from '../endpoints/rerank-endpoint.ts'
import { handleSpeech } from '../endpoints/speech-endpoint.ts'
import { handleTranscription, handleTranslation } from '../endpoints/transcription-endpoint.ts'
import { handleStored } from '../files/handle-stored.ts'
import { matchStoredPath } from '../formats/files-batches/index.ts'
import type { GatewayParts } from '../gateway-parts.ts'
import { handleResponses } from '../responses/handle-responses.ts'
import { handleStoredResponse, matchStoredResponse } from '../responses/stored-calls.ts'

type Handler = (exchange: Exchange) => void
type Route = { readonly method: string; readonly handle: Handler }

const routes: ReadonlyMap<string, Route> = new Map([
  ['/v1/chat/completions', { method: 'POST', handle: handleChat }],
  ['/v1/embeddings', { method: 'POST', handle: handleEmbeddings }],
  ['/v1/rerank', { method: 'POST', handle: handleRerank }],
  ['/v2/rerank', { method: 'POST', handle: handleRerank }],
  ['/v1/moderations', { method: 'POST', handle: handleModerations }],
  ['/v1/audio/speech', { method: 'POST', handle: handleSpeech }],
  ['/v1/audio/transcriptions', { method: 'POST', handle: handleTranscription }],
  ['/v1/audio/translations', { method: 'POST', handle: handleTranslation }],
  ['/v1/images/generations', { method: 'POST', handle: handleImages }],
  ['/v1/images/edits', { method: 'POST', handle: handleImageEdits }],
  ['/v1/images/variations', { method: 'POST', handle: handleImageVariations }],
  ['/v1/messages/count_tokens', { method: 'POST', handle: handleCountMessages }],
  ['/v1/models', { method: 'GET', handle: handleListModels }],
  ['/v1/responses', { method: 'POST', handle: handleResponses }],
  [
    '/v1/messages',
    {
      method: 'POST',
      handle: (exchange) =>
        handleChatApi(exchange, messagesApi, { inputField: 'messages', systemField: 'system' }),
    },
  ],
])
const oneModel = '/v1/models/'

/** Sends a request of the API to its handler; unknown paths and methods get errors in OpenAI's form. */
export function routeRequest(parts: GatewayParts, request: IncomingMessage, response: ServerResponse): void {
  const url = request.url ?? '/'
  const path = pathOf(url)
  const route = routes.get(path)
  if (route !== undefined) return run(parts, path, request, response, route)
  const gemini = geminiRoute(path, url)
  if (gemini !== undefined) return run(parts, gemini.name, request, response, gemini)
  const stored = matchStoredResponse(request.method ?? '', path)
  if (stored !== undefined) {
    const handle: Handler = (exchange) => handleStoredResponse(exchange, stored)
    return run(parts, '/v1/responses/{id}', request, response, { method: stored.method, handle })
  }
  const file = matchStoredPath(request.method ?? '', path)
  if (file !== undefined) {
    const handle: Handler = (exchange) => handleStored(exchange, file)
    return run(parts, `/v1${file.template}`, request, response, { method: request.method ?? '', handle })
  }
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
  route: Route,
): void {
  const exchange = new Exchange(parts, name, request, response)
  if (request.method === route.method) return exchange.guard(() => route.handle(exchange))
  const message = `${request.method} is not possible on ${name}; use ${route.method}.`
  exchange.sendError(new AppError('method_not_allowed', { message }), ['allow', route.method])
}

const geminiPath =
  /^\/v1(?:beta|alpha)?\/models\/(.+):(generateContent|streamGenerateContent|embedContent|batchEmbedContents|countTokens)$/

/** Google's paths name the model and whether to stream; without `alt=sse` a stream is one JSON array. */
function geminiRoute(path: string, url: string): (Route & { readonly name: string }) | undefined {
  const match = geminiPath.exec(path)
  const [, encodedModel, call] = match ?? []
  if (encodedModel === undefined || call === undefined) return undefined
  const name = `/v1beta/models/{model}:${call}`
  const other = geminiEndpoint(decode(encodedModel), call)
  if (other !== undefined) return { method: 'POST', name, handle: other }
  const isStream = call === 'streamGenerateContent'
  const asArray = isStream && !/[?&]alt=sse(?:&|$)/.test(url)
  return {
    method: 'POST',
    name,
    handle: (exchange) => {
      const model = decode(encodedModel)
      const api = geminiApi({ model, isStream }, asArray)
      handleChatApi(exchange, api, {
        inputField: 'contents',
        systemField: 'systemInstruction',
        path: { model, isStream },
      })
    },
  }
}

function geminiEndpoint(model: string, call: string): Handler | undefined {
  const path = { model, isStream: false }
  switch (call) {
    case 'embedContent':
    case 'batchEmbedContents':
      return (exchange) => {
        exchange.spanType = 'embedding'
        const inputField = call === 'embedContent' ? 'content' : 'requests'
        handleEndpoint(exchange, geminiEmbeddingsApi(model, call), { inputField, path })
      }
    case 'countTokens':
      return (exchange) => handleCountContents(exchange, model)
    default:
      return undefined
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
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
