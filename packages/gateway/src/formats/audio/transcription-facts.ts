import type { Usage } from '@ratchet/contract'
import { countField, objectField, textField } from '../../neutral/json-field.ts'
import { isJsonObject, parseJsonOr, type JsonObject } from '../parse-json.ts'

/** What a price is made of: tokens, or the length of the sound. */
export type TranscriptionFacts = {
  readonly text: string
  readonly usage: Usage | undefined
  readonly durationS: number | undefined
}

/** Reads an answer: JSON, or the bare text of `text`, `srt` and `vtt`, which tells nothing about its price. */
export function readTranscription(answer: Buffer, contentType: string): TranscriptionFacts {
  const text = answer.toString()
  if (!/json/i.test(contentType)) return { text, usage: undefined, durationS: undefined }
  const json = parseJsonOr(text)
  return isJsonObject(json) ? factsOf(json) : { text, usage: undefined, durationS: undefined }
}

/** The last event of a streamed transcript has all of it; others give undefined. */
export function readTranscriptionEvent(event: JsonObject): TranscriptionFacts | undefined {
  return textField(event, 'type') === 'transcript.text.done' ? factsOf(event) : undefined
}

function factsOf(json: JsonObject): TranscriptionFacts {
  const told = objectField(json, 'usage') ?? {}
  const seconds = told['type'] === 'duration' ? told['seconds'] : json['duration']
  const duration = typeof seconds === 'string' ? Number(seconds) : seconds
  return {
    text: textField(json, 'text') ?? '',
    usage: told['type'] === 'duration' ? undefined : readTokens(told),
    durationS: typeof duration === 'number' && duration >= 0 ? duration : undefined,
  }
}

function readTokens(told: JsonObject): Usage | undefined {
  const inputTokens = countField(told, 'input_tokens')
  const outputTokens = countField(told, 'output_tokens')
  if (inputTokens === undefined && outputTokens === undefined) return undefined
  const audio = countField(objectField(told, 'input_token_details') ?? {}, 'audio_tokens')
  return {
    inputTokens: inputTokens ?? 0,
    outputTokens: outputTokens ?? 0,
    cachedInputTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    ...(audio === undefined ? {} : { audioInputTokens: audio }),
  }
}
