import { chatCompletionsApi } from '../apis/chat-apis.ts'
import type { ChatApi } from '../apis/client-api.ts'
import type { Exchange } from '../calls/exchange.ts'
import { handleEndpoint } from '../calls/handle-model-request.ts'
import type { AnswerFacts } from '../formats/chat-answer.ts'
import { forwardBody } from '../formats/chat-request.ts'
import { moderateOffline, readModerationAnswer, readModerationRequest } from '../formats/moderations/index.ts'
import { isJsonObject, parseJsonOr } from '../formats/parse-json.ts'
import { readUsage } from '../formats/read-usage.ts'
import { PassPlainSink } from '../sinks/pass-plain.ts'
import { askEndpoint, endpointPath, requireEndpoint } from './ask-endpoint.ts'

/** OpenAI's moderations: bytes pass. */
const moderationsApi: ChatApi = {
  ...chatCompletionsApi,
  kind: 'moderations',
  check: ({ json }) => void readModerationRequest(json),
  endpoint: {
    start: (run, owner) => {
      const { target } = run.candidate
      const { connection, model } = target
      if (connection.provider === 'offline') moderateOffline(target.name)
      requireEndpoint(target, 'moderations', 'moderations')
      const path = endpointPath(connection, { model, endpoint: 'moderations', call: 'moderations' })
      const body = forwardBody(owner.request, model, false)
      return askEndpoint(run, owner, { calls: [{ path, body }], format: 'openai-chat' })
    },
    makeSink: (host, attempt) => new PassPlainSink(host, attempt, readAnswer),
  },
}

/** What OpenAI takes when a client names no model. */
const defaultModel = 'omni-moderation-latest'

/** `POST /v1/moderations`. */
export function handleModerations(exchange: Exchange): void {
  handleEndpoint(exchange, moderationsApi, { inputField: 'input', defaultModel })
}

function readAnswer(bytes: Buffer): AnswerFacts | undefined {
  const json = parseJsonOr(bytes.toString())
  const facts = isJsonObject(json) ? readModerationAnswer(json) : undefined
  if (facts === undefined || !isJsonObject(json)) return undefined
  return { output: JSON.stringify(facts), finishReason: '', usage: readUsage(json['usage']) }
}
