import type { Provider } from '@ratchet/contract'
import { responsesApi } from '../apis/chat-apis.ts'
import type { ChatApi, StreamTap } from '../apis/client-api.ts'
import { answerFacts } from '../apis/answer-facts.ts'
import { chooseFormat } from '../attempts/describe-upstream.ts'
import { openAiResponses } from '../formats/openai-responses/codec.ts'
import { isJsonObject, parseJsonOr, type JsonObject } from '../formats/parse-json.ts'
import type { SseBlock } from '../formats/sse-parser.ts'
import type { AnswerOptions, StreamWriter } from '../neutral/codec.ts'
import type { NeutralAnswer, NeutralEvent } from '../neutral/neutral-answer.ts'
import type { CompiledTarget } from '../routing/compiled-route.ts'
import type { StoredResponse } from './stored-response.ts'

/** Providers that keep responses themselves. Others speak the format and know nothing of earlier calls. */
const keepers: ReadonlySet<Provider> = new Set(['openai', 'azure-openai', 'xai', 'fireworks', 'lm-studio'])

/** Whether a target can be asked to continue a response of its own. */
export function keepsResponses({ connection, model }: CompiledTarget): boolean {
  const { provider } = connection
  return keepers.has(provider) && chooseFormat(connection, model, 'openai-responses') === 'openai-responses'
}

type Storing = {
  /** Items of this request alone. */
  readonly input: readonly JsonObject[]
  /** The response that this one continues, when it was the gateway that put them together. */
  readonly previous: string | undefined
  /** For a response whose provider gave no id, or one that others may have as well. */
  readonly id: string
  readonly put: (stored: StoredResponse) => void
}

/**
 * The Responses API for one request whose answer is to be stored: what the client gets is kept as it leaves, unless its
 * provider keeps it.
 */
export function storingApi({ input, previous, id, put }: Storing): ChatApi {
  let isNative = false
  let passed: JsonObject | undefined
  const keep = (response: JsonObject): void => {
    const named = response['id']
    if (isNative || typeof named !== 'string') return
    put({ kind: 'kept', id: named, ...(previous === undefined ? {} : { previous }), input, response })
  }
  const asked = (options: AnswerOptions): AnswerOptions =>
    previous === undefined
      ? options
      : { ...options, request: { ...options.request, previousResponseId: previous } }
  return {
    ...responsesApi,
    rewrites: previous !== undefined,
    codec: {
      ...openAiResponses,
      writeAnswer: (answer, options) => {
        const response = openAiResponses.writeAnswer(withId(answer, id), asked(options))
        keep(response)
        return response
      },
      makeStreamWriter: (options) => keepStream(openAiResponses.makeStreamWriter(asked(options)), id, keep),
    },
    readAnswer: (bytes) => {
      const json = parseJsonOr(bytes.toString())
      const answer = isJsonObject(json) ? openAiResponses.readAnswer(json) : undefined
      if (answer === undefined || !isJsonObject(json)) return undefined
      passed = json
      return answerFacts(answer)
    },
    makeTap: () => watchTap(responsesApi.makeTap(), (response) => (passed = response)),
    ownFields: () => (previous === undefined ? { id } : { id, previous_response_id: previous }),
    answered: (target) => {
      const keeper = target !== undefined && keepsResponses(target) ? target.connection : undefined
      isNative = keeper !== undefined
      const named = passed?.['id']
      if (keeper !== undefined && typeof named === 'string')
        put({ kind: 'native', id: named, connection: keeper.name })
      else if (passed !== undefined) keep(passed)
    },
  }
}

function isOwnId(id: string): boolean {
  return id.startsWith('resp_')
}

function withId(answer: NeutralAnswer, id: string): NeutralAnswer {
  return isOwnId(answer.id) ? answer : { ...answer, id }
}

function keepStream(writer: StreamWriter, id: string, keep: (response: JsonObject) => void): StreamWriter {
  const rename = (event: NeutralEvent): NeutralEvent =>
    event.kind === 'start' && !isOwnId(event.id) ? { ...event, id } : event
  return {
    write: (events) => {
      const text = writer.write(events.some(({ kind }) => kind === 'start') ? events.map(rename) : events)
      const response = finishedIn(text)
      if (response !== undefined) keep(response)
      return text
    },
  }
}

const finished = /^data: (\{"type":"response\.(?:completed|incomplete)".*\})$/m

function finishedIn(text: string): JsonObject | undefined {
  if (!text.includes('response.completed') && !text.includes('response.incomplete')) return undefined
  const event = parseJsonOr(finished.exec(text)?.[1] ?? '')
  const response = isJsonObject(event) ? event['response'] : undefined
  return isJsonObject(response) ? response : undefined
}

/** Bytes pass; the last event has the whole response. */
function watchTap(tap: StreamTap, onResponse: (response: JsonObject) => void): StreamTap {
  return {
    take: (block: SseBlock) => {
      const { event, data } = block
      if (data !== undefined && /^response\.(?:completed|incomplete)$/.test(event)) {
        const json = parseJsonOr(data)
        const response = isJsonObject(json) ? json['response'] : undefined
        if (isJsonObject(response)) onResponse(response)
      }
      return tap.take(block)
    },
    facts: () => tap.facts(),
    get isFinished() {
      return tap.isFinished
    },
    get malformedEvents() {
      return tap.malformedEvents
    },
  }
}
