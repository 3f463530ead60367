import { chatCompletionsApi } from '../apis/chat-apis.ts'
import type { ChatApi } from '../apis/client-api.ts'
import type { Attempt } from '../attempts/attempt.ts'
import { OfflineAttempt } from '../attempts/offline-attempt.ts'
import type { AttemptRun, RunOwner } from '../calls/attempt-run.ts'
import type { Exchange } from '../calls/exchange.ts'
import { handleEndpoint } from '../calls/handle-model-request.ts'
import {
  readRerankRequest,
  rerankCodecs,
  writeRerankAnswer,
  type RerankAnswer,
  type RerankFormat,
} from '../formats/rerank/index.ts'
import type { CompiledTarget } from '../routing/compiled-route.ts'
import type { SinkHost } from '../sinks/answer-sink.ts'
import { askEndpoint, endpointPath, requireEndpoint } from './ask-endpoint.ts'
import { TranslatedSink, type JsonAnswer } from './translated-sink.ts'

/** Rerank for the clients of Cohere, Jina and Voyage. */
const rerankApi: ChatApi = {
  ...chatCompletionsApi,
  kind: 'rerank',
  check: ({ json }) => void readRerankRequest(json),
  endpoint: {
    start,
    makeSink: (host, attempt) =>
      new TranslatedSink(host, attempt, (answers) => translate(host, attempt.target, answers)),
  },
}

/** `POST /v1/rerank` and `/v2/rerank`. */
export function handleRerank(exchange: Exchange): void {
  handleEndpoint(exchange, rerankApi, { inputField: 'documents', systemField: 'query' })
}

function start(run: AttemptRun, owner: RunOwner): Attempt {
  const { exchange, request } = owner
  const { target } = run.candidate
  const { connection, model } = target
  requireEndpoint(target, 'rerank', 'rerank')
  if (connection.provider === 'offline') {
    const attempt = new OfflineAttempt(exchange, target, run)
    attempt.startRerank(request.json)
    return attempt
  }
  const { body, dropped } = rerankCodecs[rerankFormat(target)].writeRequest(readRerankRequest(request.json), {
    model,
    dropUnsupported: owner.dropUnsupported,
  })
  run.dropped = dropped
  const path = endpointPath(connection, { model, endpoint: 'rerank', call: 'rerank' })
  return askEndpoint(run, owner, {
    calls: [{ path, body: Buffer.from(JSON.stringify(body)) }],
    format: 'openai-chat',
  })
}

/** Servers of any kind take Jina's shape, but for Voyage, which is known by its address. */
function rerankFormat({ connection }: CompiledTarget): RerankFormat {
  if (connection.provider === 'cohere') return 'cohere'
  return /\bvoyageai\b/.test(connection.origin) ? 'voyage' : 'jina'
}

function translate(host: SinkHost, target: CompiledTarget, [first]: readonly JsonAnswer[]) {
  const answer = first && rerankCodecs[rerankFormat(target)].readAnswer(first.json)
  if (answer === undefined) return undefined
  const { exchange, request } = host
  const asked = readRerankRequest(request.json)
  const id = exchange.spanId
  const body = writeRerankAnswer(answer, { request: asked, model: request.model, id })
  return { body, facts: { output: outputOf(answer), finishReason: '', usage: answer.usage } }
}

const shownResults = 20

/** Places and scores of the best. */
function outputOf({ results }: RerankAnswer): string {
  return JSON.stringify(results.slice(0, shownResults).map(({ index, score }) => ({ index, score })))
}
