import type { ContentPart, ToolResultPart } from '../../../neutral/content.ts'
import type { Message } from '../../../neutral/neutral-request.ts'
import { invalidField, quoteValue } from '../../../neutral/errors/invalid-field.ts'
import { otherFields, textField } from '../../../neutral/json-field.ts'
import { isJsonObject, type JsonObject } from '../../parse-json.ts'
import { readCacheMark } from '../cache-mark.ts'
import { restoreProofs } from '../../../neutral/restore-proofs.ts'
import { resultPart } from '../../../neutral/tools/result-part.ts'
import { readBlock } from '../read-block.ts'

const messageNames = new Set(['role', 'content'])
const resultNames = new Set(['type', 'tool_use_id', 'content', 'is_error', 'cache_control'])

/** `system` and `messages` as one list. Results of tools become messages of their own, before the rest of a turn. */
export function readMessages(body: JsonObject): readonly Message[] {
  const messages: Message[] = []
  const system = body['system']
  if (system !== undefined && system !== null && system !== '') {
    messages.push({ role: 'system', content: readContent(system, 'system') })
  }
  const turns = body['messages']
  if (!Array.isArray(turns) || turns.length === 0) {
    throw invalidField(
      'messages',
      'The body has no "messages"; give a list with at least one, such as [{"role":"user","content":"Hello"}].',
    )
  }
  turns.forEach((turn, index) => readTurn(turn, `messages[${index}]`, messages))
  return messages
}

function readTurn(turn: unknown, param: string, messages: Message[]): void {
  if (!isJsonObject(turn))
    throw invalidField(param, `"${param}" is ${quoteValue(turn)}; a message is an object.`)
  const role = turn['role']
  const extra = otherFields(turn, messageNames)
  const rest = extra === undefined ? {} : { extra }
  const content = readContent(turn['content'], `${param}.content`)
  if (role === 'assistant') messages.push({ role, content: restoreProofs(content), ...rest })
  else if (role === 'system') messages.push({ role, content, ...rest })
  else if (role === 'user') {
    for (const part of content)
      if (part.kind === 'tool-result') messages.push({ role: 'tool', content: [part] })
    const others = content.filter((part) => part.kind !== 'tool-result')
    if (others.length > 0 || content.length === 0) messages.push({ role, content: others, ...rest })
  } else {
    throw invalidField(
      `${param}.role`,
      `"${param}.role" is ${quoteValue(role)}; a role is "user", "assistant" or "system".`,
    )
  }
}

function readContent(content: unknown, param: string): readonly ContentPart[] {
  if (typeof content === 'string') return [{ kind: 'text', text: content }]
  if (!Array.isArray(content)) {
    throw invalidField(
      param,
      `"${param}" is ${quoteValue(content)}; give a text or a list of content blocks.`,
    )
  }
  return content.map((block, index) => readPart(block, `${param}[${index}]`))
}

function readPart(block: unknown, param: string): ContentPart {
  if (!isJsonObject(block) || typeof block['type'] !== 'string') {
    throw invalidField(
      param,
      `"${param}" is ${quoteValue(block)}; a content block is an object with a "type".`,
    )
  }
  const part = block['type'] === 'tool_result' ? readToolResult(block, param) : readBlock(block)
  if (part !== undefined) return part
  throw invalidField(
    param,
    `"${param}" is no complete block of type "${block['type']}": ${quoteValue(block)}.`,
  )
}

function readToolResult(block: JsonObject, param: string): ToolResultPart | undefined {
  const callId = textField(block, 'tool_use_id')
  if (callId === undefined) return undefined
  const value = block['content']
  const parts = value === undefined || value === null ? [] : readContent(value, `${param}.content`)
  const isWhole = parts.every((part) => part.kind === 'text' || part.kind === 'image' || part.kind === 'file')
  const cache = readCacheMark(block)
  const others = otherFields(block, resultNames)
  // Other formats get what Anthropic alone has as text; Anthropic gets its own blocks back.
  const extra = isWhole ? others : { ...others, content: value }
  return {
    kind: 'tool-result',
    callId,
    content: parts.map(resultPart),
    isError: block['is_error'] === true,
    ...(cache === undefined ? {} : { cache }),
    ...(extra === undefined ? {} : { extra }),
  }
}
