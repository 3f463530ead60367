import { chatCompletionsApi } from '../apis/chat-apis.ts'
import type { ChatApi, StreamTap, TappedEvent } from '../apis/client-api.ts'
import type { AnswerFacts } from '../formats/chat-answer.ts'
import { isJsonObject, parseJsonOr, type JsonObject } from '../formats/parse-json.ts'

/** OpenAI's APIs whose streams have no last word of their own, as those of chat completions have. */
export const eventsApi: ChatApi = { ...chatCompletionsApi, format: 'openai-responses' }

/** What an event says: the last that gives facts ends the answer. */
export type ReadEvent = (event: JsonObject) => AnswerFacts | undefined

const nothing: AnswerFacts = { output: '', finishReason: '', usage: undefined }

/** Follows events of sound, transcripts or pictures, which all pass. */
export function eventTap(read: ReadEvent): StreamTap {
  let facts: AnswerFacts | undefined
  let malformedEvents = 0
  return {
    take: ({ data }): TappedEvent => {
      if (data === undefined) return { kind: 'other' }
      if (data === '[DONE]') return { kind: 'done' }
      const event = parseJsonOr(data)
      if (!isJsonObject(event)) {
        malformedEvents += 1
        return { kind: 'other' }
      }
      if (event['type'] === 'error' || isJsonObject(event['error']))
        return { kind: 'error', error: event['error'] ?? event }
      facts = read(event) ?? facts
      return { kind: 'content' }
    },
    facts: () => facts ?? nothing,
    get isFinished() {
      return facts !== undefined
    },
    get malformedEvents() {
      return malformedEvents
    },
  }
}
