import type OpenAI from 'openai'
import { isJsonObject, type JsonObject } from '../../formats/parse-json.ts'
import { scenarioOf, scriptOf, words, type ReadRequest, type Scenario } from './answer-script.ts'
import { chatAnswer, chatChunks } from './open-ai-chat-answer.ts'
import { responsesAnswer, responsesEvents } from './open-ai-responses-answer.ts'
import {
  cutReply,
  jsonReply,
  objectsIn,
  silentReply,
  streamReply,
  tellImage,
  unknownField,
  type ProviderFamily,
  type ProviderReply,
} from './provider-family.ts'

const chatFields = [
  'messages',
  'model',
  'stream',
  'stream_options',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'response_format',
  'max_completion_tokens',
  'max_tokens',
  'temperature',
  'top_p',
  'stop',
  'n',
  'seed',
  'user',
  'metadata',
  'store',
  'reasoning_effort',
  'logprobs',
  'top_logprobs',
  'logit_bias',
  'presence_penalty',
  'frequency_penalty',
  'service_tier',
  'modalities',
  'audio',
  'prediction',
  'verbosity',
  'web_search_options',
  'functions',
  'function_call',
  'prompt_cache_key',
  'safety_identifier',
] as const satisfies readonly (keyof OpenAI.Chat.ChatCompletionCreateParams)[]

const responsesFields = [
  'input',
  'model',
  'instructions',
  'stream',
  'stream_options',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'text',
  'max_output_tokens',
  'temperature',
  'top_p',
  'user',
  'metadata',
  'store',
  'include',
  'reasoning',
  'service_tier',
  'previous_response_id',
  'truncation',
  'top_logprobs',
  'background',
  'prompt_cache_key',
  'safety_identifier',
] as const satisfies readonly (keyof OpenAI.Responses.ResponseCreateParams)[]

const ids = ['call_Weather0001', 'call_Time0002'] as const

/** OpenAI: chat completions and responses; what it does not know it refuses. */
export const openAiFamily: ProviderFamily = {
  model: 'gpt-4.1',
  thinker: 'gpt-5-mini',
  basePath: '/v1',
  reply: (request) => {
    const { json, path } = request
    const isResponses = path.endsWith('/responses')
    const unknown = unknownField(json, isResponses ? responsesFields : chatFields)
    if (unknown !== undefined)
      return refuse(400, 'unknown_parameter', `Unknown parameter: '${unknown}'.`, unknown)
    if (request.headers.authorization !== 'Bearer sk-openai')
      return refuse(401, 'invalid_api_key', 'Incorrect API key provided.')
    const model = String(json['model'])
    const scenario = scenarioOf(model)
    const early = refuseScenario(scenario)
    if (early !== undefined) return early
    const script = scriptOf(scenario, isResponses ? readResponses(json) : readChat(json), ids)
    if (script === undefined) throw new Error(`the scenario ${scenario} has no answer`)
    const { breaks } = script
    if (json['stream'] === true) {
      const wantsUsage =
        isJsonObject(json['stream_options']) && json['stream_options']['include_usage'] === true
      return streamReply(
        isResponses ? responsesEvents(script, model) : chatChunks(script, model, wantsUsage),
        breaks,
      )
    }
    return plainReply(isResponses ? responsesAnswer(script, model) : chatAnswer(script, model), breaks)
  },
}

/** A whole answer, or what comes of it when it breaks. */
export function plainReply(answer: object, breaks: 'error' | 'cut' | 'endless' | undefined): ProviderReply {
  if (breaks === 'endless') return silentReply
  return breaks === undefined ? jsonReply(200, answer) : cutReply(answer)
}

function refuseScenario(scenario: Scenario): ProviderReply | undefined {
  if (scenario === 'error-before')
    return refuse(503, 'server_is_overloaded', words.overloaded, null, 'server_error')
  if (scenario !== 'rate-limit') return undefined
  const headers = {
    'retry-after': '7',
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': '6m0s',
  }
  return jsonReply(
    429,
    { error: { message: words.tooFast, type: 'requests', param: null, code: 'rate_limit_exceeded' } },
    headers,
  )
}

function refuse(
  status: number,
  code: string,
  message: string,
  param: string | null = null,
  type = 'invalid_request_error',
): ProviderReply {
  return jsonReply(status, { error: { message, type, param, code } })
}

/** What a request for a chat completion holds. */
export function readChat(json: JsonObject): ReadRequest {
  const objects = [...objectsIn(json['messages'])]
  const tools = Array.isArray(json['tools']) ? json['tools'] : []
  const format = isJsonObject(json['response_format']) ? json['response_format'] : {}
  return {
    images: objects.flatMap(({ image_url: image }) =>
      isJsonObject(image) ? imageOf(String(image['url'])) : [],
    ),
    hasSchema: format['type'] === 'json_schema' && isJsonObject(format['json_schema']),
    toolNames: [...objectsIn(tools)].flatMap(({ name }) => (typeof name === 'string' ? [name] : [])),
    results: objects.flatMap(({ role, tool_call_id: id, content }) =>
      role === 'tool' ? [{ id: String(id), text: textOf(content) }] : [],
    ),
    signatures: [],
  }
}

function readResponses(json: JsonObject): ReadRequest {
  const objects = [...objectsIn(json['input'])]
  const text = isJsonObject(json['text']) ? json['text'] : {}
  return {
    images: objects.flatMap(({ type, image_url: url }) =>
      type === 'input_image' ? imageOf(String(url)) : [],
    ),
    hasSchema: isJsonObject(text['format']) && text['format']['type'] === 'json_schema',
    toolNames: [],
    results: objects.flatMap(({ type, call_id: id, output }) =>
      type === 'function_call_output' ? [{ id: String(id), text: textOf(output) }] : [],
    ),
    signatures: objects.flatMap(({ encrypted_content: proof }) => (typeof proof === 'string' ? [proof] : [])),
  }
}

function imageOf(url: string): string[] {
  const match = /^data:([^;,]+);base64,(.*)$/.exec(url)
  return [match === null ? url : tellImage(match[1], match[2])]
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  return [...objectsIn(content)].map(({ text }) => (typeof text === 'string' ? text : '')).join('')
}
