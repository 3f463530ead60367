import type { ChatMessage } from '@ratchet/contract'
import { isRecord, type JsonSchema } from './structured-output/json-schema.ts'

/** A function the model may call. */
export type OfflineTool = {
  readonly name: string
  readonly description: string
  readonly parameters: JsonSchema
}

/** As in the OpenAI API; `{ name }` forces that function. */
export type ToolChoice = 'auto' | 'none' | 'required' | { readonly name: string }

/** What `offline/extractive` looks at; everything else in a request has no effect on it. */
export type OfflineRequest = {
  readonly messages: readonly ChatMessage[]
  readonly tools?: readonly OfflineTool[]
  readonly toolChoice?: ToolChoice
  /** `schema` absent: any JSON object (`json_object`). */
  readonly responseFormat?: { readonly type: 'json'; readonly schema?: JsonSchema }
  readonly maxTokens?: number
}

/**
 * Reads the body of an OpenAI chat completion. Tolerant as a provider must be: unknown fields and parts it
 * does not understand are passed over; what is not a list of messages counts as no messages.
 */
export function readOfflineRequest(body: Readonly<Record<string, unknown>>): OfflineRequest {
  const maxTokens = body['max_completion_tokens'] ?? body['max_tokens']
  const responseFormat = readResponseFormat(body['response_format'])
  return {
    messages: listOf(body['messages']).flatMap(readMessage),
    tools: listOf(body['tools']).flatMap(readTool),
    toolChoice: readToolChoice(body['tool_choice']),
    ...(responseFormat === undefined ? {} : { responseFormat }),
    ...(typeof maxTokens === 'number' && maxTokens > 0 ? { maxTokens } : {}),
  }
}

const roles = new Set<unknown>(['system', 'developer', 'user', 'assistant', 'tool'])

function readMessage(value: unknown): ChatMessage[] {
  if (!isRecord(value)) return []
  const content = Array.isArray(value['content']) ? value['content'].filter(isRecord) : value['content']
  const message = { ...value, content }
  return isMessage(message) ? [message] : []
}

function isMessage(value: Readonly<Record<string, unknown>>): value is ChatMessage {
  const { role, content } = value
  if (!roles.has(role)) return false
  return content === undefined || content === null || typeof content === 'string' || Array.isArray(content)
}

function readTool(value: unknown): OfflineTool[] {
  const definition = isRecord(value) && isRecord(value['function']) ? value['function'] : undefined
  const name = definition?.['name']
  if (typeof name !== 'string') return []
  const description = definition?.['description']
  const parameters = definition?.['parameters']
  return [
    {
      name,
      description: typeof description === 'string' ? description : '',
      parameters: isRecord(parameters) ? parameters : { type: 'object', properties: {} },
    },
  ]
}

function readToolChoice(value: unknown): ToolChoice {
  if (value === 'none' || value === 'required') return value
  const chosen = isRecord(value) && isRecord(value['function']) ? value['function']['name'] : undefined
  return typeof chosen === 'string' ? { name: chosen } : 'auto'
}

function readResponseFormat(value: unknown): OfflineRequest['responseFormat'] {
  if (!isRecord(value)) return undefined
  if (value['type'] === 'json_object') return { type: 'json' }
  if (value['type'] !== 'json_schema') return undefined
  const schema = isRecord(value['json_schema']) ? value['json_schema']['schema'] : undefined
  return isRecord(schema) ? { type: 'json', schema } : { type: 'json' }
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}
