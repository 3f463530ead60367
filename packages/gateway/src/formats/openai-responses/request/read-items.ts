import type { ContentPart, ToolResultPart } from '../../../neutral/content.ts'
import { invalidField, quoteValue } from '../../../neutral/errors/invalid-field.ts'
import { otherFields, textField } from '../../../neutral/json-field.ts'
import type { Message } from '../../../neutral/neutral-request.ts'
import { restoreProofs } from '../../../neutral/restore-proofs.ts'
import { resultPart } from '../../../neutral/tools/result-part.ts'
import { isJsonObject, type JsonObject } from '../../parse-json.ts'
import { readReasoningInput } from '../reasoning-item.ts'
import { readContent } from './read-content.ts'

const messageNames = new Set(['type', 'role', 'content'])
const callNames = new Set(['type', 'id', 'call_id', 'name', 'arguments', 'status'])
const resultNames = new Set(['type', 'call_id', 'output', 'name'])

/** Items that stand on the user's side, besides those that end in "_output". */
const userItems: ReadonlySet<unknown> = new Set([
  'mcp_approval_response',
  'additional_tools',
  'configuration_update',
])

type Draft = { readonly role: Message['role']; readonly content: ContentPart[]; readonly extra?: JsonObject }

/** Marks the message that came as `instructions`, so that it is written as such again. */
export const instructionsExtra: JsonObject = { field: 'instructions' }

/**
 * `instructions` and `input` as messages. Neighbouring items of the assistant (thoughts, texts, calls) are one
 * message, as in other formats.
 */
export function readInput(body: JsonObject): readonly Message[] {
  const messages: Draft[] = []
  const { instructions, input } = body
  if (typeof instructions === 'string' && instructions !== '') {
    const content: ContentPart[] = [{ kind: 'text', text: instructions }]
    messages.push({ role: 'system', content, extra: instructionsExtra })
  }
  if (typeof input === 'string') messages.push({ role: 'user', content: [...readContent(input, 'input')] })
  else if (Array.isArray(input))
    for (const [index, item] of input.entries()) addItem(messages, item, `input[${index}]`)
  else if (input !== undefined && input !== null)
    throw invalidField('input', `"input" is ${quoteValue(input)}; give a text or a list of items.`)
  return messages.map((message) =>
    message.role === 'assistant' ? { ...message, content: restoreProofs(message.content) } : message,
  )
}

function addItem(messages: Draft[], item: unknown, param: string): void {
  if (!isJsonObject(item))
    throw invalidField(param, `"${param}" is ${quoteValue(item)}; an item is an object.`)
  const type = item['type'] ?? (item['role'] === undefined ? undefined : 'message')
  switch (type) {
    case 'message':
      return addMessage(messages, item, param)
    case 'function_call':
      return addAssistant(messages, [readCall(item, param)])
    case 'reasoning':
      return addAssistant(messages, [readReasoningInput(item)])
    case 'function_call_output':
    case 'custom_tool_call_output':
      messages.push({ role: 'tool', content: [readResult(item, param)] })
      return
    default: {
      if (typeof type !== 'string' && typeof item['id'] !== 'string')
        throw invalidField(`${param}.type`, `"${param}" has no "type", such as "message" or "function_call".`)
      const other: ContentPart = { kind: 'other', format: 'openai-responses', value: item }
      const isUser = typeof type === 'string' && (type.endsWith('_output') || userItems.has(type))
      if (isUser) messages.push({ role: 'user', content: [other] })
      else addAssistant(messages, [other])
    }
  }
}

function addMessage(messages: Draft[], item: JsonObject, param: string): void {
  const { role } = item
  const content = readContent(item['content'], `${param}.content`)
  const extra = otherFields(item, messageNames)
  if (role === 'assistant') {
    addAssistant(messages, extra === undefined ? content : content.map((part) => withItem(part, extra)))
    return
  }
  if (role !== 'user' && role !== 'system' && role !== 'developer')
    throw invalidField(
      `${param}.role`,
      `"${param}.role" is ${quoteValue(role)}; give "user", "assistant", "system" or "developer".`,
    )
  messages.push({ role, content: [...content], ...(extra === undefined ? {} : { extra }) })
}

/** The item that a text stood in: its id, and whether it was a comment or the answer. */
function withItem(part: ContentPart, item: JsonObject): ContentPart {
  return part.kind === 'text' ? { ...part, extra: { ...part.extra, item } } : part
}

function addAssistant(messages: Draft[], parts: readonly ContentPart[]): void {
  const last = messages.at(-1)
  if (last?.role === 'assistant') last.content.push(...parts)
  else messages.push({ role: 'assistant', content: [...parts] })
}

function readCall(item: JsonObject, param: string): ContentPart {
  const id = textField(item, 'call_id')
  const name = textField(item, 'name')
  if (id === undefined || name === undefined) {
    const missing = id === undefined ? 'call_id' : 'name'
    throw invalidField(`${param}.${missing}`, `"${param}" has no "${missing}".`)
  }
  const itemId = textField(item, 'id')
  const extra = otherFields(item, callNames)
  return {
    kind: 'tool-call',
    id,
    name,
    arguments: textField(item, 'arguments') ?? '',
    ...(itemId === undefined ? {} : { itemId }),
    ...(extra === undefined ? {} : { extra }),
  }
}

function readResult(item: JsonObject, param: string): ToolResultPart {
  const callId = textField(item, 'call_id')
  if (callId === undefined)
    throw invalidField(
      `${param}.call_id`,
      `"${param}" has no "call_id"; name the call that this is the output of.`,
    )
  const name = textField(item, 'name')
  const rest = otherFields(item, resultNames)
  const isCustom = item['type'] === 'custom_tool_call_output'
  const extra = isCustom ? { ...rest, type: item['type'] } : rest
  return {
    kind: 'tool-result',
    callId,
    ...(name === undefined ? {} : { name }),
    content: readContent(item['output'], `${param}.output`).map(resultPart),
    isError: false,
    ...(extra === undefined ? {} : { extra }),
  }
}
