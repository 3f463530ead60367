import { buildTurns, type TurnFormat } from '../../../neutral/build-turns.ts'
import { textField } from '../../../neutral/json-field.ts'
import type { Message } from '../../../neutral/neutral-request.ts'
import { leaveOut } from '../../../neutral/errors/unsupported.ts'
import type { JsonObject } from '../../parse-json.ts'
import type { BedrockWriting } from './bedrock-writing.ts'
import { writeBlocks } from './write-block.ts'

export type WrittenMessages = {
  readonly system: readonly JsonObject[]
  readonly messages: readonly JsonObject[]
}

/** `system` and `messages`. */
export function writeMessages(writing: BedrockWriting): WrittenMessages {
  const { request, options } = writing
  const format: TurnFormat = {
    writeMessage: (message, at) => writeParts(message, writing, at),
    writeSystem: (message, at) => writeSystem(message, writing, at),
    textBlock: (text) => ({ text }),
    textOf: (block) => textField(block, 'text'),
    isResult: (block) => block['toolResult'] !== undefined,
    systemStays: options.abilities.systemTurns === true ? 'behind-user' : 'never',
    isMended: true,
  }
  const { system, turns } = buildTurns(request.messages, format)
  const messages = turns.map(({ role, results, blocks }) => ({ role, content: [...results, ...blocks] }))
  return { system, messages }
}

function writeSystem(message: Message, writing: BedrockWriting, at: number): JsonObject[] {
  return writeParts(message, writing, at).filter((block) => {
    if (block['text'] !== undefined || block['cachePoint'] !== undefined) return true
    leaveOut(writing, `messages[${at}].content`, 'A system message is text')
    return false
  })
}

function writeParts({ role, content }: Message, writing: BedrockWriting, at: number): JsonObject[] {
  const place = { writing, param: `messages[${at}].content`, isAnswer: role === 'assistant' }
  return content.flatMap((part) => writeBlocks(part, place))
}
