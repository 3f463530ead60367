import type { OtherPart, ToolCallPart } from '../../neutral/content.ts'
import { objectField, otherFields, textField } from '../../neutral/json-field.ts'
import { packProof, unpackProof } from '../../neutral/proof.ts'
import { isJsonObject, type JsonObject } from '../parse-json.ts'

const callNames = new Set(['id', 'type', 'index', 'function', 'extra_content'])

/**
 * One of `tool_calls`, of a request or an answer. `fallbackId` is for servers that give none. A call of a custom tool
 * has free text for arguments, which only OpenAI's formats have. Undefined when it names no function.
 */
export function readToolCall(call: unknown, fallbackId: string): ToolCallPart | OtherPart | undefined {
  if (!isJsonObject(call)) return undefined
  if (call['type'] === 'custom' && isJsonObject(call['custom']))
    return { kind: 'other', format: 'openai-chat', value: call }
  const named = objectField(call, 'function')
  const name = named === undefined ? undefined : textField(named, 'name')
  const id = textField(call, 'id') || fallbackId
  if (named === undefined || name === undefined || id === '') return undefined
  const extra = otherFields(call, callNames)
  return {
    kind: 'tool-call',
    id,
    name,
    arguments: argumentsText(named['arguments']),
    ...readCallProof(call),
    ...(extra === undefined ? {} : { extra }),
  }
}

/** Some servers and clients send arguments as the object that they are. */
export function argumentsText(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : JSON.stringify(value)
}

/** Google signs calls in `extra_content`; the field also carries what we packed for a client. */
export function readCallProof(call: JsonObject): Pick<ToolCallPart, 'signature' | 'from'> {
  const content = objectField(call, 'extra_content')
  const google = content === undefined ? undefined : objectField(content, 'google')
  const signature = google === undefined ? undefined : textField(google, 'thought_signature')
  if (signature === undefined) return {}
  const packed = unpackProof(signature)
  if (packed?.signature === undefined) return { signature, from: 'openai-chat' }
  return { signature: packed.signature, from: packed.from }
}

/** For a client: any format's signature of a call. */
export function writeCallProof(signature: string, from: ToolCallPart['from']): JsonObject {
  const text = from === undefined || from === 'openai-chat' ? signature : packProof({ from, signature })
  return { google: { thought_signature: text } }
}
