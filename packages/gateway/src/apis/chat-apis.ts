import type { AppError } from '@ratchet/contract'
import { anthropicMessages } from '../formats/anthropic/codec.ts'
import { readChatAnswer } from '../formats/chat-answer.ts'
import { checkMessages } from '../formats/chat-request.ts'
import { gemini } from '../formats/gemini/codec.ts'
import { openAiChat } from '../formats/openai-chat/codec.ts'
import { openAiResponses } from '../formats/openai-responses/codec.ts'
import { isJsonObject, parseJsonOr } from '../formats/parse-json.ts'
import { StreamFacts } from '../formats/stream-facts.ts'
import { toOpenAiError } from '../http/open-ai-error.ts'
import type { ChatCodec, RequestPath } from '../neutral/codec.ts'
import { answerFacts } from './answer-facts.ts'
import type { ChatApi, StreamTap, TappedEvent } from './client-api.ts'
import { NeutralTap } from './neutral-tap.ts'
import { toNeutralError } from './to-neutral-error.ts'

const nothing = () => {}
const other: TappedEvent = { kind: 'other' }
const content: TappedEvent = { kind: 'content' }
const usage: TappedEvent = { kind: 'usage' }
const done: TappedEvent = { kind: 'done' }

/** Chat Completions have a tap of their own: it is most of the traffic, and accounting for it must cost little. */
class ChatTap implements StreamTap {
  readonly #facts = new StreamFacts()

  take({ data }: { readonly data: string | undefined }): TappedEvent {
    if (data === undefined) return other
    const event = this.#facts.take(data)
    switch (event.kind) {
      case 'content':
        return content
      case 'usage-only':
        return usage
      case 'done':
        return done
      case 'error':
        return event
      default:
        return other
    }
  }

  facts() {
    return this.#facts.facts()
  }

  get isFinished(): boolean {
    return this.#facts.isFinished
  }

  get malformedEvents(): number {
    return this.#facts.malformedEvents
  }
}

/** OpenAI's Chat Completions. */
export const chatCompletionsApi: ChatApi = {
  format: 'openai-chat',
  codec: openAiChat,
  readAnswer: readChatAnswer,
  makeTap: () => new ChatTap(),
  errorBody: (error) => JSON.stringify(toOpenAiError(error)),
  errorEvent: (body) => `data: ${body}\n\n`,
  check: checkMessages,
  path: {},
}

/** OpenAI's Responses. */
export const responsesApi: ChatApi = {
  ...neutralApi(openAiResponses),
  errorBody: (error) => JSON.stringify(toOpenAiError(error)),
  errorEvent: (body) => {
    const parsed = parseJsonOr(body)
    const error = isJsonObject(parsed) && isJsonObject(parsed['error']) ? parsed['error'] : {}
    const event = { type: 'error', sequence_number: 0, param: null, ...error, code: error['code'] ?? null }
    return `event: error\ndata: ${JSON.stringify({ ...event, type: 'error' })}\n\n`
  },
}

/** Anthropic's Messages. */
export const messagesApi: ChatApi = {
  ...neutralApi(anthropicMessages),
  errorEvent: (body) => `event: error\ndata: ${body}\n\n`,
}

/** Google's generateContent; model and streaming are said in the path. */
export function geminiApi(path: RequestPath, asArray: boolean): ChatApi {
  if (!asArray) return { ...geminiBase, path }
  return {
    ...geminiBase,
    path,
    streamContentType: 'application/json; charset=utf-8',
    streamFraming: 'json-array',
    errorEvent: (body, hasWritten) => `${hasWritten ? ',' : '['}${body}]`,
  }
}

const geminiBase = neutralApi(gemini)

function neutralApi(codec: ChatCodec): ChatApi {
  return {
    format: codec.name,
    codec,
    readAnswer: (bytes) => {
      const json = parseJsonOr(bytes.toString())
      const answer = isJsonObject(json) ? codec.readAnswer(json) : undefined
      return answer && answerFacts(answer)
    },
    makeTap: () => new NeutralTap(codec),
    errorBody: (error: AppError) => JSON.stringify(codec.writeError(toNeutralError(error))),
    errorEvent: (body) => `data: ${body}\n\n`,
    check: nothing,
    path: {},
  }
}
