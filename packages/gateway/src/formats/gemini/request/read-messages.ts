import { invalidField, quoteValue } from '../../../neutral/errors/invalid-field.ts'
import type { ContentPart, ReasoningPart, ToolCallPart, ToolResultPart } from '../../../neutral/content.ts'
import type { Message } from '../../../neutral/neutral-request.ts'
import { isJsonObject, type JsonObject } from '../../parse-json.ts'
import { CallIds } from '../call-ids.ts'
import { field, objectField, textField } from '../read-field.ts'
import { readPart, readToolResult } from '../read-part.ts'

/** Calls that still wait for their result, in the order they were made. */
type OpenCalls = ToolCallPart[]

/** Messages of `contents`, after the one that `systemInstruction` makes. Throws `validation_failed`. */
export function readMessages(body: JsonObject): readonly Message[] {
  const ids = new CallIds('')
  const messages: Message[] = []
  readSystem(field(body, 'systemInstruction'), ids, messages)
  const contents = field(body, 'contents')
  const list: readonly unknown[] = Array.isArray(contents) ? contents : [contents]
  if (contents === undefined || contents === null || list.length === 0) {
    const example = '[{"role":"user","parts":[{"text":"Hello"}]}]'
    throw invalidField(
      'contents',
      `The body has no "contents"; give a list with at least one, such as ${example}.`,
    )
  }
  const open: OpenCalls = []
  for (const [index, content] of list.entries()) {
    const at = `contents[${index}]`
    if (!isJsonObject(content)) throw invalidField(at, `"${at}" must be an object with "role" and "parts".`)
    readContent(content, { at, ids, open, messages })
  }
  return messages
}

type Reading = {
  readonly at: string
  readonly ids: CallIds
  readonly open: OpenCalls
  readonly messages: Message[]
}

function readContent(content: JsonObject, reading: Reading): void {
  const role = content['role'] ?? 'user'
  const parts = readParts(content, reading.at)
  if (role === 'model') return readModelTurn(parts, reading)
  if (role === 'user' || role === 'function' || role === '') return readUserTurn(parts, reading)
  const param = `${reading.at}.role`
  throw invalidField(param, `"${param}" is ${quoteValue(role)}; give "user" or "model".`)
}

function readModelTurn(parts: readonly JsonObject[], { ids, open, messages }: Reading): void {
  const content = joinThoughts(
    parts.map((part) => readPart(part, ids)),
    messages,
  )
  for (const part of content) if (part.kind === 'tool-call') open.push(part)
  // The SDK's chats keep an empty turn for an empty answer; it says nothing.
  if (content.length > 0) messages.push({ role: 'assistant', content })
}

/**
 * A thought of another provider was streamed to the client in pieces, its proof with the last one. The proof holds for
 * the whole, so that the pieces are put together again; also those that the SDK's chats keep as turns of their own.
 */
function joinThoughts(content: readonly ContentPart[], messages: Message[]): readonly ContentPart[] {
  if (!content.some(isForeign)) return content
  const joined: ContentPart[] = []
  const begun = messages.at(-1)
  if (begun?.role === 'assistant' && begun.content.every(isPiece)) {
    messages.pop()
    joined.push(...begun.content)
  }
  for (const part of content) {
    let text = ''
    if (isForeign(part)) for (; isPiece(joined.at(-1)); joined.pop()) text = textOf(joined.at(-1)) + text
    joined.push(isForeign(part) ? { ...part, text: text + part.text } : part)
  }
  return joined
}

function isForeign(part: ContentPart): part is ReasoningPart {
  return part.kind === 'reasoning' && part.from !== 'gemini'
}

function isPiece(part: ContentPart | undefined): boolean {
  return part?.kind === 'reasoning' && part.from === 'gemini' && part.signature === undefined
}

function textOf(part: ContentPart | undefined): string {
  return part?.kind === 'reasoning' ? part.text : ''
}

function readUserTurn(parts: readonly JsonObject[], { ids, open, messages }: Reading): void {
  const content: ContentPart[] = []
  for (const part of parts) {
    const response = objectField(part, 'functionResponse')
    if (response === undefined) content.push(readPart(part, ids))
    else messages.push({ role: 'tool', content: [answerCall(response, { ids, open })] })
  }
  if (content.length > 0) messages.push({ role: 'user', content })
}

/** Results without an id belong to the oldest open call of their name. */
function answerCall(response: JsonObject, { ids, open }: Pick<Reading, 'ids' | 'open'>): ToolResultPart {
  const id = textField(response, 'id')
  const name = textField(response, 'name')
  const at = open.findIndex((call) => (id ? call.id === id : call.name === name))
  const [call] = at === -1 ? [] : open.splice(at, 1)
  return readToolResult(response, id || call?.id || ids.next())
}

function readParts(content: JsonObject, at: string): readonly JsonObject[] {
  const parts = content['parts']
  if (isJsonObject(parts)) return [parts]
  if (parts === undefined || parts === null) return []
  if (!Array.isArray(parts)) throw invalidField(`${at}.parts`, `"${at}.parts" must be a list of objects.`)
  for (const [index, part] of parts.entries()) {
    const param = `${at}.parts[${index}]`
    if (!isJsonObject(part)) {
      throw invalidField(
        param,
        `"${param}" must be an object such as {"text":"Hello"}, and it is ${typeof part}.`,
      )
    }
  }
  return parts
}

function readSystem(value: unknown, ids: CallIds, messages: Message[]): void {
  if (value === undefined || value === null) return
  if (typeof value === 'string') {
    messages.push({ role: 'system', content: [{ kind: 'text', text: value }] })
    return
  }
  if (!isJsonObject(value)) {
    throw invalidField(
      'systemInstruction',
      '"systemInstruction" must be an object such as {"parts":[{"text":"..."}]}.',
    )
  }
  const content = readParts(value, 'systemInstruction').map((part) => readPart(part, ids))
  if (content.length > 0) messages.push({ role: 'system', content })
}
