import type { ContentPart, MediaPart } from '../../../neutral/content.ts'
import { parseDataUrl } from '../../../neutral/media/data-url.ts'
import type { NeutralAnswer, NeutralChoice } from '../../../neutral/neutral-answer.ts'
import { countField, objectField, objectsField, otherFields, textField } from '../../../neutral/json-field.ts'
import { isJsonObject, type JsonObject } from '../../parse-json.ts'
import { readAnnotations } from '../annotation.ts'
import { callId } from '../call-id.ts'
import { readFinishReason } from '../finish-reason.ts'
import { readThoughts } from '../reasoning-details.ts'
import { readToolCall } from '../tool-call.ts'
import { findUsage } from '../usage.ts'

const choiceNames = new Set([
  'index',
  'message',
  'delta',
  'logprobs',
  'finish_reason',
  'stop_reason',
  'native_finish_reason',
  'usage',
])
const names = new Set(['id', 'object', 'created', 'model', 'choices', 'usage', 'service_tier'])

/** Reads a whole chat completion; tolerant, because servers leave fields out. Undefined when it has no choices. */
export function readAnswer(body: JsonObject): NeutralAnswer | undefined {
  const list = body['choices']
  if (!Array.isArray(list)) return undefined
  const id = textField(body, 'id') ?? ''
  const usage = findUsage(body)
  const tier = textField(body, 'service_tier')
  const extra = otherFields(body, names)
  return {
    id,
    model: textField(body, 'model') ?? '',
    createdS: countField(body, 'created') ?? 0,
    choices: list.filter(isJsonObject).map((choice, at) => readChoice(choice, at, id)),
    ...(usage === undefined ? {} : { usage }),
    ...(tier === undefined ? {} : { serviceTier: tier }),
    ...(extra === undefined ? {} : { extra, from: 'openai-chat' as const }),
  }
}

function readChoice(choice: JsonObject, at: number, answerId: string): NeutralChoice {
  const message = objectField(choice, 'message') ?? {}
  const index = countField(choice, 'index') ?? at
  const parts = readParts(message, `${answerId}-${index}`)
  const finishRaw = textField(choice, 'finish_reason') ?? ''
  const hasCalls = parts.some((part) => part.kind === 'tool-call' || part.kind === 'other')
  const hasRefusal = parts.some((part) => part.kind === 'refusal')
  // vLLM names the sequence; for the end token it gives a number.
  const stopSequence = textField(choice, 'stop_reason')
  const logprobs = objectField(choice, 'logprobs')
  const other = readChoiceOther(choice)
  return {
    index,
    parts,
    finish: readFinishReason(finishRaw, hasCalls, hasRefusal),
    finishRaw,
    ...(stopSequence === undefined ? {} : { stopSequence }),
    ...(logprobs === undefined ? {} : { logprobs }),
    ...(other === undefined ? {} : { other }),
  }
}

/**
 * Fields of a choice that only this format has, such as the results of Azure's filters; those without a value say
 * nothing. What a message has beside the usual may repeat its text, which guardrails have not seen: it is left out.
 */
export function readChoiceOther(choice: JsonObject): NeutralChoice['other'] {
  const rest = otherFields(choice, choiceNames)
  if (rest === undefined) return undefined
  const said = Object.entries(rest).filter(([, value]) => value !== null && !isEmpty(value))
  if (said.length === 0) return undefined
  return { kind: 'other', format: 'openai-chat', value: Object.fromEntries(said) }
}

function isEmpty(value: unknown): boolean {
  return isJsonObject(value) && Object.keys(value).length === 0
}

function readParts(message: JsonObject, seed: string): readonly ContentPart[] {
  const parts: ContentPart[] = [...readThoughts(message), ...readTexts(message)]
  const refusal = textField(message, 'refusal')
  if (refusal !== undefined && refusal !== '') parts.push({ kind: 'refusal', text: refusal })
  for (const image of objectsField(message, 'images')) {
    const read = readImage(image)
    if (read !== undefined) parts.push(read)
  }
  const audio = objectField(message, 'audio')
  if (audio !== undefined) parts.push(readAudio(audio))
  for (const call of objectsField(message, 'tool_calls')) {
    const read = readToolCall(call, callId(seed, parts.length))
    if (read !== undefined) parts.push(read)
  }
  const old = objectField(message, 'function_call')
  if (old !== undefined) {
    const read = readToolCall({ function: old }, callId(seed, parts.length))
    if (read !== undefined) parts.push(read)
  }
  return parts
}

/** A text; Mistral gives a list of texts and thoughts. */
function readTexts(message: JsonObject): readonly ContentPart[] {
  const { content } = message
  const citations = readAnnotations(message['annotations'])
  const cited = citations.length === 0 ? {} : { citations }
  if (typeof content === 'string') return content === '' ? [] : [{ kind: 'text', text: content, ...cited }]
  if (!Array.isArray(content)) return []
  return content.filter(isJsonObject).flatMap((part): ContentPart[] => {
    const text = textField(part, 'text')
    if (text !== undefined) return [{ kind: 'text', text, ...cited }]
    const thinking = thinkingText(part)
    return thinking === '' ? [] : [{ kind: 'reasoning', text: thinking, from: 'openai-chat' }]
  })
}

/** The text of Mistral's `thinking` chunk. */
export function thinkingText(part: JsonObject): string {
  const { thinking } = part
  if (typeof thinking === 'string') return thinking
  return objectsField(part, 'thinking')
    .map((piece) => textField(piece, 'text') ?? '')
    .join('')
}

/** OpenRouter gives images that a model made beside the text. */
export function readImage(image: JsonObject): MediaPart | undefined {
  const url = textField(objectField(image, 'image_url') ?? {}, 'url')
  if (url === undefined) return undefined
  const data = parseDataUrl(url)
  return { kind: 'image', source: data === undefined ? { kind: 'url', url } : { kind: 'base64', ...data } }
}

function readAudio(audio: JsonObject): MediaPart {
  const { data, ...extra } = audio
  const text = typeof data === 'string' ? data : ''
  return { kind: 'audio', source: { kind: 'base64', mediaType: audioType, data: text }, extra }
}

/** The kind of sound stands in the request only. */
export const audioType = 'application/octet-stream'
