import type Anthropic from '@anthropic-ai/sdk'
import { isJsonObject, type JsonObject } from '../../formats/parse-json.ts'
import { anthropicAnswer, anthropicEvents, overloaded } from './anthropic-answer.ts'
import { scenarioOf, scriptOf, words, type ReadRequest } from './answer-script.ts'
import { plainReply } from './open-ai-family.ts'
import {
  jsonReply,
  objectsIn,
  streamReply,
  tellImage,
  unknownField,
  type ProviderFamily,
  type ProviderReply,
} from './provider-family.ts'

/** Known to the API for models before 4.7; the SDK no longer has them. */
const sampling = ['temperature', 'top_p', 'top_k']
const fields = [
  'max_tokens',
  'messages',
  'model',
  'system',
  'stream',
  'tools',
  'tool_choice',
  'stop_sequences',
  'metadata',
  'thinking',
  'output_config',
  'service_tier',
  'cache_control',
  'container',
  'inference_geo',
] as const satisfies readonly (keyof Anthropic.MessageCreateParams)[]

const ids = ['toolu_01Weather', 'toolu_02Time'] as const

/** Anthropic: messages; strict about fields, the order of turns, results of tools and budgets. */
export const anthropicFamily: ProviderFamily = {
  model: 'claude-sonnet-4-5',
  basePath: '/v1',
  reply: ({ json, headers }) => {
    if (headers['x-api-key'] !== 'sk-anthropic')
      return refuse(401, 'authentication_error', 'invalid x-api-key')
    if (headers['anthropic-version'] === undefined)
      return refuse(400, 'invalid_request_error', 'anthropic-version: header is required')
    const mistake = mistakeIn(json)
    if (mistake !== undefined) return refuse(400, 'invalid_request_error', mistake)
    const model = String(json['model'])
    const scenario = scenarioOf(model)
    if (scenario === 'error-before') return jsonReply(529, overloaded)
    if (scenario === 'rate-limit')
      return refuse(429, 'rate_limit_error', words.tooFast, {
        'retry-after': '7',
        'anthropic-ratelimit-requests-remaining': '0',
        'anthropic-ratelimit-requests-reset': '2030-01-01T00:00:00Z',
      })
    const script = scriptOf(scenario, readMessages(json), ids)
    if (script === undefined) throw new Error(`the scenario ${scenario} has no answer`)
    if (json['stream'] === true) return streamReply(anthropicEvents(script, model), script.breaks)
    return plainReply(anthropicAnswer(script, model), script.breaks)
  },
}

function refuse(
  status: number,
  type: Anthropic.ErrorType,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): ProviderReply {
  const body = { type: 'error', request_id: 'req-of-provider', error: { type, message } }
  return jsonReply(status, body, headers)
}

function mistakeIn(json: JsonObject): string | undefined {
  const unknown = unknownField(json, [...fields, ...sampling])
  if (unknown !== undefined) return `${unknown}: Extra inputs are not permitted`
  const limit = json['max_tokens']
  if (typeof limit !== 'number' || limit < 1) return 'max_tokens: Field required'
  const temperature = json['temperature']
  if (typeof temperature === 'number' && temperature > 1) return 'temperature: range: 0..1'
  const thinking = json['thinking']
  if (isJsonObject(thinking) && thinking['type'] === 'enabled') {
    const budget = Number(thinking['budget_tokens'])
    if (!(budget >= 1024)) return 'thinking.budget_tokens: must be at least 1024'
    if (budget >= limit) return '`max_tokens` must be greater than `thinking.budget_tokens`'
    if (temperature !== undefined && temperature !== 1)
      return '`temperature` may only be set to 1 with thinking'
  }
  return mistakeInTurns(json['messages'])
}

/** Every call has its result first in the turn after it; no text is empty. */
function mistakeInTurns(messages: unknown): string | undefined {
  if (!Array.isArray(messages) || messages.length === 0) return 'messages: at least one message is required'
  let open: string[] = []
  for (const [index, message] of messages.entries()) {
    if (!isJsonObject(message)) return `messages.${index}: object expected`
    const { role, content } = message
    if (role !== 'user' && role !== 'assistant') return `messages.${index}.role: unexpected "${String(role)}"`
    const blocks = Array.isArray(content) ? content.filter(isJsonObject) : []
    if (content === '' || blocks.some((block) => block['type'] === 'text' && block['text'] === ''))
      return 'messages: text content blocks must be non-empty'
    const results = blocks.flatMap(({ type, tool_use_id: id }) =>
      type === 'tool_result' ? [String(id)] : [],
    )
    if (open.some((id) => !results.includes(id)) || results.some((id) => !open.includes(id)))
      return `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after`
    if (blocks.slice(0, results.length).some(({ type }) => type !== 'tool_result'))
      return `messages.${index}: \`tool_result\` blocks must come first`
    open = blocks.flatMap(({ type, id }) => (type === 'tool_use' ? [String(id)] : []))
  }
  return undefined
}

function readMessages(json: JsonObject): ReadRequest {
  const objects = [...objectsIn(json['messages'])]
  const output = isJsonObject(json['output_config']) ? json['output_config'] : {}
  return {
    images: objects.flatMap(({ type, source }) => {
      if (type !== 'image' || !isJsonObject(source)) return []
      return source['type'] === 'base64'
        ? tellImage(source['media_type'], source['data'])
        : String(source['url'])
    }),
    hasSchema: isJsonObject(output['format']) && output['format']['type'] === 'json_schema',
    toolNames: [],
    results: objects.flatMap(({ type, tool_use_id: id, content }) =>
      type === 'tool_result'
        ? [{ id: String(id), text: typeof content === 'string' ? content : textOf(content) }]
        : [],
    ),
    signatures: objects.flatMap(({ type, signature }) => (type === 'thinking' ? [String(signature)] : [])),
  }
}

function textOf(content: unknown): string {
  return [...objectsIn(content)].map(({ text }) => (typeof text === 'string' ? text : '')).join('')
}
