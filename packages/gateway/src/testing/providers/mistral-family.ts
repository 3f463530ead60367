import { isJsonObject, type JsonObject } from '../../formats/parse-json.ts'
import { scenarioOf, scriptOf, words, type AnswerScript } from './answer-script.ts'
import { chatAnswer, chatChunks, sse } from './open-ai-chat-answer.ts'
import { plainReply, readChat } from './open-ai-family.ts'
import {
  jsonReply,
  objectsIn,
  streamReply,
  unknownField,
  type ProviderFamily,
  type ProviderReply,
} from './provider-family.ts'

const fields = [
  'model',
  'messages',
  'temperature',
  'top_p',
  'max_tokens',
  'stream',
  'stop',
  'random_seed',
  'metadata',
  'response_format',
  'tools',
  'tool_choice',
  'presence_penalty',
  'frequency_penalty',
  'n',
  'prediction',
  'parallel_tool_calls',
  'prompt_mode',
  'reasoning_effort',
  'safe_prompt',
  'guardrails',
  'prompt_cache_key',
  'stream_options',
]

const ids = ['Wthr00001', 'Time00002'] as const

/** Mistral: chat completions with fields of its own, ids of nine letters, thoughts as parts of the content. */
export const mistralFamily: ProviderFamily = {
  model: 'mistral-large-latest',
  thinker: 'magistral-medium-latest',
  basePath: '/v1',
  reply: ({ json, headers }) => {
    if (headers.authorization !== 'Bearer sk-mistral') return jsonReply(401, { detail: 'Unauthorized' })
    const unknown = unknownField(json, fields)
    if (unknown !== undefined) {
      const detail = {
        type: 'extra_forbidden',
        loc: ['body', unknown],
        msg: 'Extra inputs are not permitted',
      }
      return refuse(422, { detail: [detail] }, 'invalid_request_error')
    }
    const mistake = mistakeIn(json)
    if (mistake !== undefined) return refuse(400, mistake, 'invalid_request_message_order')
    const model = String(json['model'])
    const scenario = scenarioOf(model)
    if (scenario === 'error-before') return refuse(503, words.overloaded, 'service_unavailable')
    if (scenario === 'rate-limit') return refuse(429, words.tooFast, 'rate_limited', { 'retry-after': '7' })
    const script = scriptOf(scenario, readChat(json), ids)
    if (script === undefined) throw new Error(`the scenario ${scenario} has no answer`)
    // Its models say no in their text.
    const said: AnswerScript =
      script.refusal === undefined ? script : { ...script, pieces: [script.refusal], finish: 'stop' }
    const { refusal: _, ...plain } = said
    if (json['stream'] === true) return streamReply(chunksOf(plain, model), script.breaks)
    return plainReply(wholeAnswer(plain, model), script.breaks)
  },
}

function refuse(
  status: number,
  message: string | object,
  type: string,
  headers: Readonly<Record<string, string>> = {},
): ProviderReply {
  return jsonReply(status, { object: 'error', message, type, param: null, code: null }, headers)
}

function wholeAnswer(script: AnswerScript, model: string): object {
  const answer = chatAnswer(script, model)
  if (script.thought === undefined) return answer
  const [choice] = answer.choices
  const content = [thinking(script.thought.text), { type: 'text', text: script.pieces.join('') }]
  return { ...answer, choices: [{ ...choice, message: { ...choice?.message, content } }] }
}

/** Usage comes with the last chunk, asked for or not. */
function chunksOf(script: AnswerScript, model: string): string[] {
  const chunks = chatChunks(script, model, true)
  if (script.thought === undefined) return chunks
  const delta = { content: [thinking(script.thought.text)] }
  const chunk = { id: 'chatcmpl-scenario', object: 'chat.completion.chunk', created: 1_790_000_000, model }
  return chunks.toSpliced(1, 0, sse({ ...chunk, choices: [{ index: 0, delta, finish_reason: null }] }))
}

function thinking(text: string): object {
  return { type: 'thinking', thinking: [{ type: 'text', text }] }
}

function mistakeIn(json: JsonObject): string | undefined {
  for (const message of objectsIn(json['messages'])) {
    if (message['role'] === 'developer') return 'Unexpected role developer'
    const callIds = [
      ...(Array.isArray(message['tool_calls']) ? message['tool_calls'] : [])
        .filter(isJsonObject)
        .map(({ id }) => String(id)),
      ...(message['role'] === 'tool' ? [String(message['tool_call_id'])] : []),
    ]
    const wrong = callIds.find((id) => !/^[a-zA-Z0-9]{9}$/.test(id))
    if (wrong !== undefined) return `Tool call id was ${wrong} but must be a-z, A-Z, 0-9, with a length of 9.`
  }
  return undefined
}
