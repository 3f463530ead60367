import type { CacheMark, ContentPart, ToolResultPart } from '../../../neutral/content.ts'
import { invalidField, quoteValue } from '../../../neutral/errors/invalid-field.ts'
import { otherFields, textField } from '../../../neutral/json-field.ts'
import type { Message } from '../../../neutral/neutral-request.ts'
import { restoreProofs } from '../../../neutral/restore-proofs.ts'
import { resultPart } from '../../../neutral/tools/result-part.ts'
import { readCacheMark } from '../../openai/cache-mark.ts'
import { listOf } from '../../openai/checked-field.ts'
import { isJsonObject, type JsonObject } from '../../parse-json.ts'
import { isTextProof, readThoughts, thoughtsNames } from '../reasoning-details.ts'
import { readToolCall } from '../tool-call.ts'
import { readContent } from './read-content.ts'

const plainNames = new Set(['role', 'content', 'name', 'cache_control'])
const assistantNames = new Set([...plainNames, 'refusal', 'tool_calls', 'function_call', ...thoughtsNames])
const toolNames = new Set([...plainNames, 'tool_call_id'])

/** What `functions` calls have instead of ids. */
type LegacyCalls = Map<string, string>

/** `messages` of a request. Throws `validation_failed` naming the message that cannot be understood. */
export function readMessages(body: JsonObject): readonly Message[] {
  const messages = listOf(body, 'messages')
  if (messages === undefined || messages.length === 0)
    throw invalidField(
      'messages',
      'The body has no "messages"; give a list with at least one, such as [{"role":"user","content":"Hello"}].',
    )
  const legacy: LegacyCalls = new Map()
  return messages.map((message, index) => {
    const param = `messages[${index}]`
    if (!isJsonObject(message))
      throw invalidField(param, `"${param}" is ${quoteValue(message)}; a message is an object.`)
    return readMessage(message, param, legacy)
  })
}

function readMessage(message: JsonObject, param: string, legacy: LegacyCalls): Message {
  const { role } = message
  switch (role) {
    case 'system':
    case 'developer':
    case 'user':
      return {
        role,
        content: markLast(readContent(message['content'], `${param}.content`), message),
        ...named(message),
        ...extraOf(message, plainNames),
      }
    case 'assistant':
      return {
        role,
        content: markLast(readAssistant(message, param, legacy), message),
        ...named(message),
        ...extraOf(message, assistantNames),
      }
    case 'tool':
      return { role, content: [readResult(message, param)], ...extraOf(message, toolNames) }
    case 'function':
      return { role: 'tool', content: [readFunctionResult(message, param, legacy)] }
    default:
      throw invalidField(
        `${param}.role`,
        `"${param}.role" is ${quoteValue(role)}; give "system", "developer", "user", "assistant" or "tool".`,
      )
  }
}

function readAssistant(message: JsonObject, param: string, legacy: LegacyCalls): readonly ContentPart[] {
  const thoughts = readThoughts(message)
  const said = readContent(message['content'], `${param}.content`)
  const proofs = thoughts.filter(isTextProof)
  const parts: ContentPart[] =
    proofs.length === 0
      ? [...thoughts, ...said]
      : [...thoughts.filter((part) => !isTextProof(part)), ...restoreProofs([...said, ...proofs])]
  const refusal = textField(message, 'refusal')
  if (refusal !== undefined && refusal !== '') parts.push({ kind: 'refusal', text: refusal })
  const calls = listOf(message, 'tool_calls', `${param}.tool_calls`) ?? []
  for (const [index, call] of calls.entries()) {
    const callParam = `${param}.tool_calls[${index}]`
    const read = readToolCall(call, '')
    if (read === undefined)
      throw invalidField(
        callParam,
        `"${callParam}" is ${quoteValue(call)}; give "id", "type" and "function" with a "name".`,
      )
    parts.push(read)
  }
  const old = message['function_call']
  if (isJsonObject(old)) {
    const name = textField(old, 'name') ?? ''
    const id = `call_function_${/\d+/.exec(param)?.[0] ?? ''}`
    legacy.set(name, id)
    parts.push({ kind: 'tool-call', id, name, arguments: textField(old, 'arguments') ?? '' })
  }
  return parts
}

function readResult(message: JsonObject, param: string): ToolResultPart {
  const callId = textField(message, 'tool_call_id')
  if (callId === undefined)
    throw invalidField(
      `${param}.tool_call_id`,
      `"${param}" has no "tool_call_id"; name the call that this is the result of.`,
    )
  const name = textField(message, 'name')
  const cache = readCacheMark(message)
  return {
    kind: 'tool-result',
    callId,
    ...(name === undefined ? {} : { name }),
    content: readContent(message['content'], `${param}.content`).map(resultPart),
    isError: false,
    ...(cache === undefined ? {} : { cache }),
  }
}

function readFunctionResult(message: JsonObject, param: string, legacy: LegacyCalls): ToolResultPart {
  const name = textField(message, 'name')
  const callId = name === undefined ? undefined : legacy.get(name)
  if (name === undefined || callId === undefined)
    throw invalidField(
      `${param}.name`,
      `"${param}.name" is ${quoteValue(message['name'])}; name a function that was called before.`,
    )
  const content = readContent(message['content'], `${param}.content`).map(resultPart)
  return { kind: 'tool-result', callId, name, content, isError: false }
}

/** LiteLLM takes a mark on the message; it means all of its content. */
function markLast(parts: readonly ContentPart[], message: JsonObject): readonly ContentPart[] {
  const cache: CacheMark | undefined = readCacheMark(message)
  const last = parts.at(-1)
  if (cache === undefined || last === undefined) return parts
  if (last.kind === 'other' || last.kind === 'reasoning' || last.kind === 'refusal') return parts
  return [...parts.slice(0, -1), { ...last, cache }]
}

function named(message: JsonObject): { readonly name?: string } {
  const name = textField(message, 'name')
  return name === undefined ? {} : { name }
}

function extraOf(message: JsonObject, known: ReadonlySet<string>): { readonly extra?: JsonObject } {
  const extra = otherFields(message, known)
  return extra === undefined ? {} : { extra }
}
