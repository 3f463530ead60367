import { buildTurns, type Turn, type TurnFormat } from '../../../neutral/build-turns.ts'
import type { Message } from '../../../neutral/neutral-request.ts'
import { textField } from '../../../neutral/json-field.ts'
import { leaveOut } from '../../../neutral/errors/unsupported.ts'
import type { JsonObject } from '../../parse-json.ts'
import type { RequestWriting } from './request-writing.ts'
import { writeBlock } from './write-block.ts'

export type WrittenMessages = {
  readonly system: readonly JsonObject[]
  readonly messages: readonly JsonObject[]
}

/** `system` and `messages`. Clients of Anthropic know where a system message may stand; their order is kept. */
export function writeMessages(writing: RequestWriting): WrittenMessages {
  const { request, options } = writing
  const { systemTurns } = options.abilities
  const isOwn = request.from === 'anthropic'
  const format: TurnFormat = {
    writeMessage: (message, at) => writeParts(message, writing, at),
    writeSystem: (message, at) => writeSystem(message, writing, at),
    textBlock: (text) => ({ type: 'text', text }),
    textOf: (block) => (block['type'] === 'text' ? textField(block, 'text') : undefined),
    isResult: (block) => block['type'] === 'tool_result',
    systemStays: isOwn && systemTurns !== false ? 'always' : systemTurns === true ? 'behind-user' : 'never',
    isMended: !isOwn,
  }
  const built = buildTurns(request.messages, format)
  // Nothing but blanks was said: without a turn Anthropic refuses the request in words that help nobody.
  const isEmpty = isOwn && built.turns.length === 0
  const { system, turns } = isEmpty ? buildTurns(request.messages, { ...format, isMended: true }) : built
  return { system, messages: turns.map(writeTurn) }
}

function writeSystem(message: Message, writing: RequestWriting, at: number): JsonObject[] {
  return writeParts(message, writing, at).filter((block) => {
    if (block['type'] === 'text') return true
    leaveOut(writing, `messages[${at}].content`, 'A system message is text')
    return false
  })
}

function writeParts({ role, content }: Message, writing: RequestWriting, at: number): JsonObject[] {
  const blocks: JsonObject[] = []
  const place = { writing, param: `messages[${at}].content`, isAnswer: role === 'assistant' }
  for (const part of content) {
    const block = writeBlock(part, place)
    if (block !== undefined) blocks.push(block)
  }
  return blocks
}

function writeTurn({ role, results, blocks }: Turn): JsonObject {
  const content = results.length === 0 ? blocks : [...results, ...blocks]
  const [first] = content
  const isPlainText = content.length === 1 && first?.['type'] === 'text' && Object.keys(first).length === 2
  return { role, content: isPlainText ? first['text'] : content }
}
