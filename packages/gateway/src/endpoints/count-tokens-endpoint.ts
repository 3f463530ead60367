import { wireFormat } from '@ratchet/core/catalog'
import { geminiApi, messagesApi } from '../apis/chat-apis.ts'
import type { ChatApi } from '../apis/client-api.ts'
import type { Attempt } from '../attempts/attempt.ts'
import { geminiPath } from '../attempts/describe-upstream.ts'
import type { AttemptRun, RunOwner } from '../calls/attempt-run.ts'
import type { Exchange } from '../calls/exchange.ts'
import { handleEndpoint } from '../calls/handle-model-request.ts'
import { countTokens } from '../formats/anthropic/count-tokens.ts'
import { forwardBody } from '../formats/chat-request.ts'
import { isJsonObject, type JsonObject } from '../formats/parse-json.ts'
import { countField } from '../neutral/json-field.ts'
import type { CompiledTarget } from '../routing/compiled-route.ts'
import { askEndpoint } from './ask-endpoint.ts'
import { LocalAttempt } from './local-attempt.ts'
import { TranslatedSink } from './translated-sink.ts'

/** Counting costs nothing and uses nothing. */
const nothingUsed = {
  inputTokens: 0,
  outputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
}

/** Where a count stands in an answer, ours or a provider's. */
const countNames = ['input_tokens', 'totalTokens'] as const

/** `POST /v1/messages/count_tokens`: counted by Anthropic for its models, estimated for others. */
export function handleCountMessages(exchange: Exchange): void {
  handleEndpoint(exchange, countMessagesApi, { inputField: 'messages', systemField: 'system' })
}

/** `POST /v1beta/models/{model}:countTokens`: counted by Google for its models, estimated for others. */
export function handleCountContents(exchange: Exchange, model: string): void {
  const path = { model, isStream: false }
  const api: ChatApi = {
    ...geminiApi(path, false),
    kind: 'count-tokens',
    endpoint: makeEndpoint('gemini', 'totalTokens'),
  }
  handleEndpoint(exchange, api, { inputField: 'contents', systemField: 'systemInstruction', path })
}

const countMessagesApi: ChatApi = {
  ...messagesApi,
  kind: 'count-tokens',
  endpoint: makeEndpoint('anthropic', 'input_tokens'),
}

type Format = 'anthropic' | 'gemini'

function makeEndpoint(format: Format, name: (typeof countNames)[number]): NonNullable<ChatApi['endpoint']> {
  return {
    start: (run, owner) => start(run, owner, format),
    makeSink: (host, attempt) =>
      new TranslatedSink(host, attempt, ([first]) => {
        const json = first?.json
        const count =
          json && countNames.map((each) => countField(json, each)).find((each) => each !== undefined)
        if (json === undefined || count === undefined) return undefined
        // What the provider says besides is for its own clients.
        const body = attempt instanceof LocalAttempt ? { [name]: count } : json
        const facts = { output: JSON.stringify({ [name]: count }), finishReason: '', usage: nothingUsed }
        return { body, facts }
      }),
  }
}

function start(run: AttemptRun, owner: RunOwner, format: Format): Attempt {
  const { exchange, request } = owner
  const { target } = run.candidate
  const path = nativePath(target, format)
  if (path === undefined) {
    const attempt = new LocalAttempt(target, format)
    attempt.answer(
      exchange,
      run,
      countTokens(owner.api.codec.readRequest(chatBody(request.json), owner.api.path)),
    )
    return attempt
  }
  const body = format === 'anthropic' ? forwardBody(request, target.model, false) : countBody(request, target)
  return askEndpoint(run, owner, { calls: [{ path, body }], format })
}

/** Undefined for providers that do not count in the client's format. */
function nativePath({ connection, model }: CompiledTarget, format: Format): string | undefined {
  const { provider, basePath } = connection
  if (format === 'anthropic')
    return provider === 'anthropic' ? `${basePath}/messages/count_tokens` : undefined
  return wireFormat(provider, model) === 'gemini' ? geminiPath(connection, model, 'countTokens') : undefined
}

/** Gemini's own API takes a whole request as well, which names its model again. */
function countBody({ body, json }: RunOwner['request'], { model }: CompiledTarget): Buffer {
  const inner = json['generateContentRequest']
  if (!isJsonObject(inner)) return body
  return Buffer.from(
    JSON.stringify({ ...json, generateContentRequest: { ...inner, model: `models/${model}` } }),
  )
}

function chatBody(json: JsonObject): JsonObject {
  const inner = json['generateContentRequest']
  return isJsonObject(inner) ? inner : json
}
