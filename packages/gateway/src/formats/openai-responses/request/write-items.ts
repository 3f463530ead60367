import type {
  ContentPart,
  OtherPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from '../../../neutral/content.ts'
import type { Message } from '../../../neutral/neutral-request.ts'
import { typeOfOther } from '../../../neutral/errors/type-of-other.ts'
import { leaveOut } from '../../../neutral/errors/unsupported.ts'
import { customCallId, toResponsesCall } from '../../openai/custom-tool.ts'
import type { Body } from '../../openai/writing.ts'
import { isJsonObject, type JsonObject } from '../../parse-json.ts'
import { writeReasoningInput } from '../reasoning-item.ts'
import type { ResponsesWriting } from './responses-writing.ts'
import { writeContent, writeSaid } from './write-content.ts'

/** `instructions` and `input` of a request. */
export type WrittenInput = { readonly instructions?: string; readonly input: readonly JsonObject[] }

/** A system message that begins the conversation is its instructions. */
export function writeInput(writing: ResponsesWriting): WrittenInput {
  const { messages } = writing.request
  const instructions = instructionsOf(messages[0], writing.isOwn)
  const input: JsonObject[] = []
  for (const [index, message] of messages.entries()) {
    if (index === 0 && instructions !== undefined) continue
    const param = `messages[${index}].content`
    if (message.role === 'assistant') writeAssistant(input, message, { writing, param })
    else writeOther(input, message, { writing, param })
  }
  return { ...(instructions === undefined ? {} : { instructions }), input }
}

type Place = { readonly writing: ResponsesWriting; readonly param: string }

/** Clients of the Responses format that sent a system message as an item get it as one. */
function instructionsOf(first: Message | undefined, isOwn: boolean): string | undefined {
  if (first === undefined || (first.role !== 'system' && first.role !== 'developer')) return undefined
  if (isOwn) {
    const only = first.content[0]
    return first.extra?.['field'] === 'instructions' && only?.kind === 'text' ? only.text : undefined
  }
  const texts = first.content.map((part) => (part.kind === 'text' ? part.text : undefined))
  return texts.length > 0 && texts.every((text) => text !== undefined) ? texts.join('\n\n') : undefined
}

function writeOther(input: JsonObject[], message: Message, { writing, param }: Place): void {
  const rest: ContentPart[] = []
  for (const part of message.content) {
    if (part.kind === 'tool-result') input.push(writeResult(part, writing))
    else if (part.kind === 'other' && part.format === 'openai-responses' && !isInputPart(part))
      input.push(part.value)
    else rest.push(part)
  }
  if (rest.length === 0 && message.content.length > 0) return
  const isSystem = message.role === 'developer' && writing.options.abilities.developerRole === false
  const item: Body = {
    type: 'message',
    role: isSystem ? 'system' : message.role === 'tool' ? 'user' : message.role,
    content: writeContent(rest, writing, param),
  }
  if (writing.isOwn && message.extra !== undefined) Object.assign(item, message.extra)
  input.push(item)
}

/** Parts within a message are called "input_..."; everything else is an item of its own. */
function isInputPart({ value }: OtherPart): boolean {
  return String(value['type']).startsWith('input_')
}

function writeResult(part: ToolResultPart, writing: ResponsesWriting): JsonObject {
  const isCustom = writing.customCalls.has(part.callId)
  const item: Body = {
    type: isCustom ? 'custom_tool_call_output' : 'function_call_output',
    call_id: part.callId,
    output: writeContent(part.content, writing, 'input'),
  }
  if (!writing.isOwn) return item
  if (part.name !== undefined) item['name'] = part.name
  return Object.assign(item, part.extra)
}

function writeAssistant(input: JsonObject[], message: Message, place: Place): void {
  const { writing, param } = place
  let open: Body[] | undefined
  let openItem: unknown
  for (const part of message.content) {
    if (part.kind === 'text' || part.kind === 'refusal') {
      const item = part.kind === 'text' ? part.extra?.['item'] : openItem
      if (open === undefined || item !== openItem) {
        open = []
        openItem = item
        input.push(messageItem(open, writing.isOwn ? item : undefined))
      }
      open.push(writeText(part, writing))
      continue
    }
    open = undefined
    openItem = undefined
    const item = writeItem(part, place)
    if (item !== undefined) input.push(item)
    else if (part.kind !== 'reasoning') leaveOut(writing, param, hintFor(part))
  }
  if (message.content.length === 0)
    input.push(messageItem([{ type: 'output_text', text: '', annotations: [] }], undefined))
}

function writeText(part: TextPart | { kind: 'refusal'; text: string }, writing: ResponsesWriting): Body {
  return part.kind === 'text' ? writeSaid(part, writing) : { type: 'refusal', refusal: part.text }
}

function messageItem(content: Body[], item: unknown): JsonObject {
  return { type: 'message', role: 'assistant', content, ...(isJsonObject(item) ? item : {}) }
}

function writeItem(part: ContentPart, { writing }: Place): JsonObject | undefined {
  if (part.kind === 'reasoning') return writeReasoningInput(part)
  if (part.kind === 'tool-call') return writeCall(part, writing)
  if (part.kind !== 'other') return undefined
  if (part.format === 'openai-responses') return part.value
  return customCallId(part.value) === undefined ? undefined : toResponsesCall(part.value)
}

/** An item's id is the provider's own: one of another format would be refused. */
function writeCall(part: ToolCallPart, writing: ResponsesWriting): JsonObject {
  const item: Body = {
    type: 'function_call',
    call_id: part.id,
    name: writing.names.write(part.name),
    arguments: part.arguments === '' ? '{}' : part.arguments,
  }
  if (!writing.isOwn) return item
  if (part.itemId !== undefined) item['id'] = part.itemId
  return Object.assign(item, part.extra)
}

function hintFor(part: ContentPart): string {
  if (part.kind === 'other')
    return `What has the type "${typeOfOther(part.value)}" is known to its own provider only`
  return `Send the ${part.kind} of the assistant as one of the user`
}
