import type { Usage } from '@ratchet/contract'
import { objectField, textField } from '../../neutral/json-field.ts'
import { isJsonObject, parseJsonOr, type JsonObject } from '../parse-json.ts'
import { readUsage } from '../read-usage.ts'

/** `usage` is what a price is made of: tokens, or the length of the sound. Undefined when the answer tells neither. */
export type TranscriptionFacts = { readonly text: string; readonly usage: Usage | undefined }

/** Reads an answer: JSON, or the bare text of `text`, `srt` and `vtt`, which tells nothing about its price. */
export function readTranscription(answer: Buffer, contentType: string): TranscriptionFacts {
  const text = answer.toString()
  if (!/json/i.test(contentType)) return { text, usage: undefined }
  const json = parseJsonOr(text)
  return isJsonObject(json) ? factsOf(json) : { text, usage: undefined }
}

/** The last event of a streamed transcript has all of it; others give undefined. */
export function readTranscriptionEvent(event: JsonObject): TranscriptionFacts | undefined {
  return textField(event, 'type') === 'transcript.text.done' ? factsOf(event) : undefined
}

function factsOf(json: JsonObject): TranscriptionFacts {
  const told = objectField(json, 'usage') ?? {}
  const tokens = told['type'] === 'duration' ? undefined : readUsage(told)
  return {
    text: textField(json, 'text') ?? '',
    usage: tokens ?? readDuration(told['seconds'] ?? json['duration']),
  }
}

/** Seconds, as a number or a text; servers of older answers tell the length of the sound beside the text. */
function readDuration(told: unknown): Usage | undefined {
  const seconds = typeof told === 'string' && told !== '' ? Number(told) : told
  if (typeof seconds !== 'number' || !(seconds >= 0) || seconds > longestS) return undefined
  return {
    inputTokens: 0,
    outputTokens: 0,
    cachedInputTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    units: { audioMs: Math.round(seconds * 1000) },
  }
}

/** What no file holds; the columns of the store end not far behind. */
const longestS = 4_000_000
