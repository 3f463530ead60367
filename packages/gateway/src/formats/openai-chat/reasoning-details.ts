import type { FormatName, ReasoningPart } from '../../neutral/content.ts'
import { textField } from '../../neutral/json-field.ts'
import { packProof, unpackProof } from '../../neutral/proof.ts'
import { isJsonObject, type JsonObject } from '../parse-json.ts'

/** Where thoughts stand in a message: DeepSeek and vLLM, vLLM and Groq, OpenRouter. */
export type ThoughtsField = 'reasoning_content' | 'reasoning' | 'reasoning_details'

/** Fields of a message that {@link readThoughts} reads. */
export const thoughtsNames: readonly ThoughtsField[] = ['reasoning_content', 'reasoning', 'reasoning_details']

const textProofId = 'text'

const valueNames = new Set(['text', 'summary', 'data', 'signature', 'id'])

/** OpenRouter's names for whose thoughts they are. */
const formatNames: Readonly<Record<FormatName, string>> = {
  'openai-chat': 'unknown',
  'openai-responses': 'openai-responses-v1',
  anthropic: 'anthropic-claude-v1',
  bedrock: 'anthropic-claude-v1',
  gemini: 'google-gemini-v1',
}

/** Thoughts of a message. The details hold the same text as the fields beside them, and their proof. */
export function readThoughts(message: JsonObject): readonly ReasoningPart[] {
  const details = message['reasoning_details']
  if (Array.isArray(details) && details.length > 0) return details.filter(isJsonObject).map(readDetail)
  for (const field of ['reasoning_content', 'reasoning'] as const) {
    const text = message[field]
    if (typeof text === 'string' && text !== '')
      return [{ kind: 'reasoning', text, from: 'openai-chat', extra: { field } }]
  }
  return []
}

/** One of OpenRouter's details; what we packed for a client is another format's thought again. */
export function readDetail(detail: JsonObject): ReasoningPart {
  const text = textField(detail, 'text') ?? textField(detail, 'summary') ?? ''
  const signature = textField(detail, 'signature')
  const encrypted = textField(detail, 'data')
  const packed = unpackProof(signature ?? encrypted ?? '')
  if (packed !== undefined) return { kind: 'reasoning', text, ...packed }
  const id = textField(detail, 'id')
  return {
    kind: 'reasoning',
    text,
    ...(signature === undefined ? {} : { signature }),
    ...(encrypted === undefined ? {} : { encrypted }),
    ...(id === undefined ? {} : { id }),
    from: 'openai-chat',
    extra: detailExtra(detail),
  }
}

/** What tells a detail from a plain text of thoughts, and what it needs to be written again. */
export function detailExtra(detail: JsonObject): JsonObject {
  return { field: 'reasoning_details', detail: withoutTexts(detail) }
}

/** A part as a detail; undefined for a plain text that nothing proves. */
export function writeDetail(part: ReasoningPart, index: number): JsonObject | undefined {
  const own = part.from === 'openai-chat' ? part.extra?.['detail'] : undefined
  if (isJsonObject(own)) return { ...own, ...ownValues(part, own) }
  if (part.signature === undefined && part.encrypted === undefined) return undefined
  const packed = packProof(part)
  const format = formatNames[part.from]
  if (part.text === '') return { type: 'reasoning.encrypted', data: packed, format, index }
  return { type: 'reasoning.text', text: part.text, signature: packed, format, index }
}

/** Gemini signs texts, which a message has no other place for. */
export function writeTextProof(signature: string, index: number): JsonObject {
  const data = packProof({ from: 'gemini', signature, id: textProofId })
  return { type: 'reasoning.encrypted', data, format: formatNames.gemini, index }
}

/** True for the signature of a text, which stands after it among the parts of a message. */
export function isTextProof({ from, id }: ReasoningPart): boolean {
  return from !== 'openai-chat' && id === textProofId
}

function ownValues(part: ReasoningPart, own: JsonObject): JsonObject {
  const { text, signature, encrypted, id } = part
  const name = own['type'] === 'reasoning.summary' ? 'summary' : 'text'
  return {
    ...(text === '' ? {} : { [name]: text }),
    ...(encrypted === undefined ? {} : { data: encrypted }),
    ...(signature === undefined ? {} : { signature }),
    ...(id === undefined ? {} : { id }),
  }
}

/** A detail without the texts that a part has fields for; null and empty ones stay. */
function withoutTexts(detail: JsonObject): JsonObject {
  const rest: Record<string, unknown> = {}
  for (const name in detail)
    if (!valueNames.has(name) || typeof detail[name] !== 'string' || detail[name] === '')
      rest[name] = detail[name]
  return rest
}
