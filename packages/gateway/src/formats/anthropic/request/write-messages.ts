import type { ContentPart } from '../../../neutral/content.ts'
import type { Message } from '../../../neutral/neutral-request.ts'
import { leaveOut } from '../../../neutral/unsupported.ts'
import type { JsonObject } from '../../parse-json.ts'
import type { RequestWriting } from './request-writing.ts'
import { writeBlock } from './write-block.ts'

/** One turn of the conversation. Results of tools stand before everything else of their turn. */
type Turn = {
  readonly role: 'user' | 'assistant' | 'system'
  readonly results: JsonObject[]
  readonly blocks: JsonObject[]
}

export type WrittenMessages = {
  readonly system: readonly JsonObject[]
  readonly messages: readonly JsonObject[]
}

/** Says "go on" where a conversation does not begin with the user, which Anthropic's format demands. */
const placeholder: JsonObject = { type: 'text', text: '.' }

/**
 * System and developer messages at the top become `system`. Later ones stay where they stand when the model takes
 * them there (after a user's turn, before the assistant's); otherwise they are told to the model in the user's turn,
 * between `<system_message>` tags. Neighbouring messages of one role become one turn.
 */
export function writeMessages(writing: RequestWriting): WrittenMessages {
  const { messages, from } = writing.request
  let at = 0
  const system: JsonObject[] = []
  for (; at < messages.length && isSystem(messages[at]); at++) system.push(...writeSystem(writing, at))
  const turns: Turn[] = []
  for (; at < messages.length; at++) {
    const message = messages[at]
    if (message === undefined) continue
    if (isSystem(message)) addSystem(turns, writing, at)
    else addTurn(turns, writeTurn(message, writing, at))
  }
  if (from !== 'anthropic') {
    if (turns[0]?.role !== 'user') turns.unshift({ role: 'user', results: [], blocks: [placeholder] })
    trimPrefill(turns)
  }
  return { system, messages: turns.map(writeRole) }
}

function isSystem(message: Message | undefined): boolean {
  return message?.role === 'system' || message?.role === 'developer'
}

function writeSystem(writing: RequestWriting, at: number): JsonObject[] {
  const parts = writing.request.messages[at]?.content ?? []
  return writeParts(parts, writing, at).filter((block) => {
    if (block['type'] === 'text') return true
    leaveOut(writing, `messages[${at}].content`, 'A system message is text')
    return false
  })
}

function addSystem(turns: Turn[], writing: RequestWriting, at: number): void {
  const blocks = writeSystem(writing, at)
  if (mayStay(turns, writing, at)) return addTurn(turns, { role: 'system', results: [], blocks })
  const text = blocks.map((block) => block['text']).join('\n\n')
  if (text === '') return
  const told = { type: 'text', text: `<system_message>\n${text}\n</system_message>` }
  addTurn(turns, { role: 'user', results: [], blocks: [told] })
}

/** Clients of Anthropic know the rule; for others a system message stays only where it is certain to be taken. */
function mayStay(turns: readonly Turn[], { request, options }: RequestWriting, at: number): boolean {
  if (request.from === 'anthropic') return options.abilities.systemTurns !== false
  if (options.abilities.systemTurns !== true) return false
  const previous = turns.at(-1)?.role
  if (previous !== 'user' && previous !== 'system') return false
  const next = request.messages.slice(at + 1).find((message) => !isSystem(message))
  return next === undefined || next.role === 'assistant'
}

function writeTurn(message: Message, writing: RequestWriting, at: number): Turn {
  const blocks = writeParts(message.content, writing, at)
  const role = message.role === 'assistant' ? 'assistant' : 'user'
  if (role === 'assistant') return { role, results: [], blocks }
  const results = blocks.filter((block) => block['type'] === 'tool_result')
  return results.length === 0
    ? { role, results, blocks }
    : { role, results, blocks: blocks.filter((block) => block['type'] !== 'tool_result') }
}

function writeParts(parts: readonly ContentPart[], writing: RequestWriting, at: number): JsonObject[] {
  const blocks: JsonObject[] = []
  const isAnswer = writing.request.messages[at]?.role === 'assistant'
  const place = { writing, param: `messages[${at}].content`, isAnswer }
  for (const part of parts) {
    const block = writeBlock(part, place)
    if (block !== undefined) blocks.push(block)
  }
  return blocks
}

/** A turn of nothing is refused by Anthropic, and says nothing. */
function addTurn(turns: Turn[], turn: Turn): void {
  if (turn.results.length === 0 && turn.blocks.length === 0) return
  const last = turns.at(-1)
  if (last?.role !== turn.role) {
    turns.push(turn)
    return
  }
  last.results.push(...turn.results)
  last.blocks.push(...turn.blocks)
}

/** A beginning of the answer must not end in blanks. */
function trimPrefill(turns: readonly Turn[]): void {
  const last = turns.at(-1)
  const text = last?.role === 'assistant' ? last.blocks.at(-1)?.['text'] : undefined
  if (last === undefined || typeof text !== 'string') return
  last.blocks[last.blocks.length - 1] = { ...last.blocks.at(-1), text: text.trimEnd() }
}

function writeRole({ role, results, blocks }: Turn): JsonObject {
  const content = results.length === 0 ? blocks : [...results, ...blocks]
  const [first] = content
  const isPlainText = content.length === 1 && first?.['type'] === 'text' && Object.keys(first).length === 2
  return { role, content: isPlainText ? first['text'] : content }
}
