import type { ContentPart, TextPart } from '../../../neutral/content.ts'
import type { NeutralAnswer } from '../../../neutral/neutral-answer.ts'
import { countField, objectsField, otherFields, textField } from '../../../neutral/json-field.ts'
import type { JsonObject } from '../../parse-json.ts'
import { readAnnotations } from '../annotation.ts'
import { readReasoningItem } from '../reasoning-item.ts'
import { readFinish } from '../status.ts'
import { readUsage } from '../usage.ts'

/** Fields of a response that have a neutral form. */
export const responseNames: ReadonlySet<string> = new Set([
  'id',
  'object',
  'created_at',
  'model',
  'output',
  'usage',
  'service_tier',
  'status',
  'error',
  'incomplete_details',
])
const callNames = new Set(['type', 'id', 'call_id', 'name', 'arguments', 'status'])
const messageNames = new Set(['type', 'role', 'content', 'status'])

/** Reads a whole answer. Undefined when it is none: without items, or failed, which `readError` reads. */
export function readAnswer(body: JsonObject): NeutralAnswer | undefined {
  const { output, status } = body
  if (!Array.isArray(output) || status === 'failed' || status === 'cancelled') return undefined
  const parts: ContentPart[] = []
  const logprobs: unknown[] = []
  for (const item of objectsField(body, 'output')) readItem(item, parts, logprobs)
  const usage = readUsage(body)
  const tier = textField(body, 'service_tier')
  const extra = otherFields(body, responseNames)
  const has = {
    calls: parts.some(isCall),
    refusal: parts.some((part) => part.kind === 'refusal'),
  }
  return {
    id: textField(body, 'id') ?? '',
    model: textField(body, 'model') ?? '',
    createdS: countField(body, 'created_at') ?? 0,
    choices: [
      {
        index: 0,
        parts,
        ...readFinish(body, has),
        ...(logprobs.length === 0 ? {} : { logprobs: { content: logprobs } }),
      },
    ],
    ...(usage === undefined ? {} : { usage }),
    ...(tier === undefined ? {} : { serviceTier: tier }),
    ...(extra === undefined ? {} : { extra, from: 'openai-responses' as const }),
  }
}

/** Calls that the client must run. */
export function isCall(part: ContentPart): boolean {
  return part.kind === 'tool-call' || (part.kind === 'other' && part.value['type'] === 'custom_tool_call')
}

function readItem(item: JsonObject, parts: ContentPart[], logprobs: unknown[]): void {
  switch (item['type']) {
    case 'message': {
      const extra = messageExtra(item)
      for (const content of objectsField(item, 'content')) readContent(content, { parts, logprobs, extra })
      return
    }
    case 'reasoning':
      parts.push(readReasoningItem(item))
      return
    case 'function_call':
      parts.push(readCall(item))
      return
    default:
      parts.push({ kind: 'other', format: 'openai-responses', value: item })
  }
}

type Found = {
  readonly parts: ContentPart[]
  readonly logprobs: unknown[]
  readonly extra: JsonObject | undefined
}

function readContent(content: JsonObject, { parts, logprobs, extra }: Found): void {
  if (content['type'] === 'refusal') {
    parts.push({ kind: 'refusal', text: textField(content, 'refusal') ?? '' })
    return
  }
  const text = textField(content, 'text')
  if (text === undefined) return
  const citations = readAnnotations(content['annotations'])
  const part: TextPart = {
    kind: 'text',
    text,
    ...(citations.length === 0 ? {} : { citations }),
    ...(extra === undefined ? {} : { extra }),
  }
  parts.push(part)
  if (Array.isArray(content['logprobs'])) logprobs.push(...content['logprobs'])
}

/** The item that a text stands in: its id, and whether it is a comment or the answer. */
export function messageExtra(item: JsonObject): JsonObject | undefined {
  const fields = otherFields(item, messageNames)
  return fields === undefined ? undefined : { item: fields }
}

function readCall(item: JsonObject): ContentPart {
  const itemId = textField(item, 'id')
  const extra = callExtra(item)
  return {
    kind: 'tool-call',
    id: textField(item, 'call_id') ?? itemId ?? '',
    name: textField(item, 'name') ?? '',
    arguments: textField(item, 'arguments') ?? '',
    ...(itemId === undefined ? {} : { itemId }),
    ...(extra === undefined ? {} : { extra }),
  }
}

export function callExtra(item: JsonObject): JsonObject | undefined {
  return otherFields(item, callNames)
}
