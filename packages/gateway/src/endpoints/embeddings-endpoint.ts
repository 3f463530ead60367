import { wireFormat } from '@ratchet/core/catalog'
import { chatCompletionsApi, geminiApi } from '../apis/chat-apis.ts'
import type { ChatApi, Endpoint } from '../apis/client-api.ts'
import type { Attempt } from '../attempts/attempt.ts'
import { geminiPath } from '../attempts/describe-upstream.ts'
import { OfflineAttempt } from '../attempts/offline-attempt.ts'
import { unsupportedCall } from '../attempts/write-upstream.ts'
import type { AttemptRun, RunOwner } from '../calls/attempt-run.ts'
import { forwardBody } from '../formats/chat-request.ts'
import { readEmbeddingAnswer } from '../formats/embedding-answer.ts'
import {
  embeddingsClients,
  embeddingsCodecs,
  joinEmbeddings,
  type EmbeddingsAnswer,
  type EmbeddingsCall,
  type EmbeddingsClient,
  type EmbeddingsFormat,
  type EmbeddingsRequest,
} from '../formats/embeddings/index.ts'
import type { FormatName } from '../neutral/content.ts'
import type { CompiledTarget } from '../routing/compiled-route.ts'
import { PassPlainSink } from '../sinks/pass-plain.ts'
import type { SinkHost } from '../sinks/answer-sink.ts'
import { askEndpoint, endpointPath, requireEndpoint } from './ask-endpoint.ts'
import { TranslatedSink, type JsonAnswer } from './translated-sink.ts'

type ClientFormat = 'openai' | 'gemini'

/** OpenAI's Embeddings: its clients' bytes pass where the provider speaks the same. */
export const embeddingsApi: ChatApi = {
  ...chatCompletionsApi,
  kind: 'embeddings',
  check: () => undefined,
  endpoint: makeEndpoint('openai', ''),
}

/** Google's `embedContent` and `batchEmbedContents`. */
export function geminiEmbeddingsApi(model: string, verb: string): ChatApi {
  return {
    ...geminiApi({ model, isStream: false }, false),
    kind: 'embeddings',
    endpoint: makeEndpoint('gemini', verb),
  }
}

function makeEndpoint(clientFormat: ClientFormat, verb: string): Endpoint {
  const client: EmbeddingsClient = embeddingsClients[clientFormat]
  const read = ({ request }: RunOwner | SinkHost): EmbeddingsRequest =>
    client.readRequest(request.json, { model: request.model, verb })
  return {
    start: (run, owner) => start(run, owner, { read, clientFormat }),
    makeSink: (host, attempt) => {
      const format = embeddingsFormat(attempt.target)
      if (format === clientFormat && format === 'openai')
        return new PassPlainSink(host, attempt, readEmbeddingAnswer)
      return new TranslatedSink(host, attempt, (answers) => {
        const request = read(host)
        const joined = joinAnswers(format, answers)
        if (joined?.vectors.length !== request.inputs.length) return undefined
        const { model } = host.request
        const body = client.writeAnswer(joined, { request, model, id: host.exchange.spanId })
        return { body, facts: factsOf(joined) }
      })
    },
  }
}

type Client = {
  readonly read: (owner: RunOwner) => EmbeddingsRequest
  readonly clientFormat: ClientFormat
}

function start(run: AttemptRun, owner: RunOwner, { read, clientFormat }: Client): Attempt {
  const { exchange, request } = owner
  const { target } = run.candidate
  const { connection, model } = target
  requireEndpoint(target, 'embeddings', 'embeddings')
  const format = embeddingsFormat(target)
  const isSame = format === clientFormat && format === 'openai'
  if (isSame && connection.provider !== 'offline') {
    const path = endpointPath(connection, { model, endpoint: 'embeddings', call: 'embeddings' })
    return askEndpoint(run, owner, {
      calls: [{ path, body: forwardBody(request, model, false) }],
      format: 'openai-chat',
    })
  }
  const { calls, dropped } = isSame
    ? { calls: [{ body: request.json, inputs: 1 }], dropped: [] }
    : embeddingsCodecs[format].writeRequest(read(owner), { model, dropUnsupported: owner.dropUnsupported })
  run.dropped = dropped
  if (connection.provider === 'offline') {
    const attempt = new OfflineAttempt(exchange, target, run)
    attempt.startEmbeddings(calls[0]?.body ?? {}, request.model)
    return attempt
  }
  return askEndpoint(run, owner, {
    calls: calls.map((call) => ({
      path: pathOf(target, format, call),
      body: Buffer.from(JSON.stringify(call.body)),
    })),
    format: errorFormats[format],
  })
}

const errorFormats: Readonly<Record<EmbeddingsFormat, FormatName>> = {
  openai: 'openai-chat',
  gemini: 'gemini',
  vertex: 'gemini',
  cohere: 'openai-chat',
  'bedrock-titan': 'bedrock',
  'bedrock-cohere': 'bedrock',
}

/** Throws `model_unsupported` for a model of Bedrock whose embeddings have a shape that we do not know. */
function embeddingsFormat(target: CompiledTarget): EmbeddingsFormat {
  const { connection, model } = target
  switch (connection.provider) {
    case 'gemini':
    case 'cohere':
      return connection.provider
    case 'vertex':
      return wireFormat('vertex', model) === 'openai' ? 'openai' : 'vertex'
    case 'bedrock':
      if (model.includes('cohere.')) return 'bedrock-cohere'
      if (model.includes('titan-embed')) return 'bedrock-titan'
      throw unsupportedCall(target, `embeddings by "${model}" (there are Titan and Cohere)`)
    default:
      return 'openai'
  }
}

function pathOf(
  { connection, model }: CompiledTarget,
  format: EmbeddingsFormat,
  call: EmbeddingsCall,
): string {
  switch (format) {
    case 'openai':
    case 'cohere':
      return endpointPath(connection, { model, endpoint: 'embeddings', call: 'embeddings' })
    case 'gemini':
    case 'vertex':
      return geminiPath(connection, model, call.verb ?? 'embedContent')
    case 'bedrock-titan':
    case 'bedrock-cohere':
      return `${connection.basePath}/model/${encodeURIComponent(model)}/invoke`
  }
}

function joinAnswers(format: EmbeddingsFormat, answers: readonly JsonAnswer[]): EmbeddingsAnswer | undefined {
  const read: EmbeddingsAnswer[] = []
  for (const { json, headers } of answers) {
    const answer = embeddingsCodecs[format].readAnswer(json, headers)
    if (answer === undefined) return undefined
    read.push(answer)
  }
  return joinEmbeddings(read)
}

function factsOf({ vectors, usage }: EmbeddingsAnswer) {
  const [first] = vectors
  const dimensions = typeof first === 'object' ? { dimensions: first.length } : {}
  return { output: JSON.stringify({ vectors: vectors.length, ...dimensions }), finishReason: '', usage }
}
