import type { Usage } from '@ratchet/contract'
import { invalidField, quoteValue } from '../../neutral/errors/invalid-field.ts'
import { textField } from '../../neutral/json-field.ts'
import type { JsonObject } from '../parse-json.ts'
import { readUsage } from '../read-usage.ts'

export type SpeechRequest = {
  readonly model: string
  readonly input: string
  /** What older models charge for: characters as people count them, not UTF-16 units. */
  readonly characters: number
  readonly voice: string
  /** Format of the sound; `mp3` unless the client says otherwise. */
  readonly responseFormat: string
  /** The answer is a stream of events with base64 instead of the sound itself. */
  readonly isEventStream: boolean
}

/** Reads a body of /v1/audio/speech. Throws `validation_failed` naming the field. */
export function readSpeechRequest(body: JsonObject): SpeechRequest {
  const { input, voice } = body
  if (typeof input !== 'string' || input === '') {
    throw invalidField('input', `"input" is ${quoteValue(input)}; give the text to speak.`)
  }
  return {
    model: textField(body, 'model') ?? '',
    input,
    characters: countCharacters(input),
    voice: typeof voice === 'string' ? voice : '',
    responseFormat: textField(body, 'response_format') ?? 'mp3',
    isEventStream: body['stream_format'] === 'sse',
  }
}

/**
 * Tokens of a spoken answer, which only its last event tells; undefined for every other event. What such a model
 * speaks is sound.
 */
export function readSpeechEvent(event: JsonObject): Usage | undefined {
  const usage = textField(event, 'type') === 'speech.audio.done' ? readUsage(event['usage']) : undefined
  if (usage === undefined) return undefined
  const { audioOutputTokens = usage.outputTokens } = usage
  return audioOutputTokens === 0 ? usage : { ...usage, audioOutputTokens }
}

/** What was used to speak a text, as far as the request tells. */
export function speechUsage({ characters }: SpeechRequest): Usage {
  return {
    inputTokens: 0,
    outputTokens: 0,
    cachedInputTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    units: { characters },
  }
}

function countCharacters(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}
