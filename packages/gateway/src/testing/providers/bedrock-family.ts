import { isJsonObject, type JsonObject } from '../../formats/parse-json.ts'
import { writeEvent, writeException } from '../../formats/bedrock/testing/write-frame.ts'
import {
  scenarioOf,
  scriptOf,
  words,
  type AnswerScript,
  type ReadRequest,
  type ScriptedUsage,
} from './answer-script.ts'
import { interleaved } from './open-ai-chat-answer.ts'
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

const fields = [
  'messages',
  'system',
  'inferenceConfig',
  'toolConfig',
  'guardrailConfig',
  'additionalModelRequestFields',
  'promptVariables',
  'additionalModelResponseFieldPaths',
  'requestMetadata',
  'performanceConfig',
  'serviceTier',
  'outputConfig',
]

const ids = ['tooluse_Weather01', 'tooluse_Time02'] as const

/** AWS Bedrock: Converse with JSON, ConverseStream with the frames of an event stream. */
export const bedrockFamily: ProviderFamily = {
  model: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
  basePath: '',
  reply: ({ json, path, headers }) => {
    if (headers.authorization?.startsWith('AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/') !== true)
      return refuse(
        403,
        'UnrecognizedClientException',
        'The security token included in the request is invalid.',
      )
    const mistake = mistakeIn(json)
    if (mistake !== undefined) return refuse(400, 'ValidationException', mistake)
    const scenario = scenarioOf(decodeURIComponent(/^\/model\/([^/]+)\//.exec(path)?.[1] ?? ''))
    if (scenario === 'error-before') return refuse(503, 'ServiceUnavailableException', words.overloaded)
    if (scenario === 'rate-limit')
      return refuse(429, 'ThrottlingException', words.tooFast, { 'retry-after': '7' })
    const script = scriptOf(scenario, readConverse(json), ids)
    if (script === undefined) throw new Error(`the scenario ${scenario} has no answer`)
    if (!path.endsWith('/converse-stream')) return plainReply(wholeAnswer(script), script.breaks)
    return streamReply(framesOf(script), script.breaks, 'application/vnd.amazon.eventstream')
  },
}

function refuse(
  status: number,
  type: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): ProviderReply {
  return jsonReply(status, { message }, { 'x-amzn-errortype': type, ...headers })
}

const stopReasons: Readonly<Record<AnswerScript['finish'], string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  refusal: 'content_filtered',
}

function usageOf(usage: ScriptedUsage): object {
  return {
    inputTokens: usage.fresh,
    outputTokens: usage.output,
    totalTokens: usage.fresh + usage.cached + usage.written + usage.output,
    cacheReadInputTokens: usage.cached,
    cacheWriteInputTokens: usage.written,
  }
}

function wholeAnswer(script: AnswerScript): object {
  const { thought } = script
  const text = script.pieces.join('') + (script.refusal ?? '')
  const content = [
    ...(thought === undefined ? [] : [{ reasoningContent: { reasoningText: thought } }]),
    ...(text === '' ? [] : [{ text }]),
    ...script.calls.map(({ id, name, pieces }) => ({
      toolUse: { toolUseId: id, name, input: JSON.parse(pieces.join('')) as unknown },
    })),
  ]
  return {
    output: { message: { role: 'assistant', content } },
    stopReason: stopReasons[script.finish],
    usage: usageOf(script.usage),
    metrics: { latencyMs: 12 },
  }
}

/** Blocks with numbers; the arguments of parallel calls take turns. */
function framesOf(script: AnswerScript): Buffer[] {
  const frames = [writeEvent('messageStart', { role: 'assistant' })]
  let next = 0
  const delta = (index: number, of: object): void =>
    void frames.push(writeEvent('contentBlockDelta', { contentBlockIndex: index, delta: of }))
  const stop = (index: number): void =>
    void frames.push(writeEvent('contentBlockStop', { contentBlockIndex: index }))
  if (script.thought !== undefined) {
    for (const text of script.thought.text.match(/.{1,9}/g) ?? []) delta(next, { reasoningContent: { text } })
    delta(next, { reasoningContent: { signature: script.thought.signature } })
    stop(next++)
  }
  const texts = [...script.pieces, ...(script.refusal === undefined ? [] : [script.refusal])]
  for (const text of script.breaks === undefined ? texts : texts.slice(0, 2)) delta(next, { text })
  if (script.breaks === 'error')
    frames.push(writeException('serviceUnavailableException', { message: words.overloaded }))
  if (script.breaks !== undefined) return frames
  if (texts.length > 0) stop(next++)
  const first = next
  for (const [index, { id, name }] of script.calls.entries())
    frames.push(
      writeEvent('contentBlockStart', {
        contentBlockIndex: first + index,
        start: { toolUse: { toolUseId: id, name } },
      }),
    )
  for (const [index, input] of interleaved(script)) delta(first + index, { toolUse: { input } })
  for (const index of script.calls.keys()) stop(first + index)
  frames.push(
    writeEvent('messageStop', { stopReason: stopReasons[script.finish] }),
    writeEvent('metadata', { usage: usageOf(script.usage), metrics: { latencyMs: 12 } }),
  )
  return frames
}

function mistakeIn(json: JsonObject): string | undefined {
  const unknown = unknownField(json, fields)
  if (unknown !== undefined) return `Unexpected field "${unknown}"`
  const { messages } = json
  if (!Array.isArray(messages) || messages.length === 0)
    return 'A conversation must start with a user message.'
  let open: string[] = []
  let before = 'assistant'
  for (const message of messages) {
    if (!isJsonObject(message) || message['role'] === before)
      return 'A conversation must alternate between user and assistant roles.'
    before = String(message['role'])
    const blocks = [...objectsIn(message['content'])]
    if (blocks.some(({ text }) => text === '')) return 'The text field in the ContentBlock object is blank.'
    const idsOf = (field: string) =>
      blocks.flatMap(({ [field]: block }) => (isJsonObject(block) ? [String(block['toolUseId'])] : []))
    if (idsOf('toolResult').toSorted().join(' ') !== open.toSorted().join(' '))
      return 'Expected toolResult blocks for the toolUse blocks of the previous turn.'
    open = idsOf('toolUse')
  }
  return undefined
}

function readConverse(json: JsonObject): ReadRequest {
  const objects = [...objectsIn(json['messages'])]
  const output = isJsonObject(json['outputConfig']) ? json['outputConfig'] : {}
  return {
    images: objects.flatMap(({ image }) => {
      if (!isJsonObject(image) || !isJsonObject(image['source'])) return []
      return [tellImage(`image/${String(image['format'])}`, image['source']['bytes'])]
    }),
    hasSchema: output['textFormat'] !== undefined,
    toolNames: [],
    results: objects.flatMap(({ toolResult: result }) =>
      isJsonObject(result) ? [{ id: String(result['toolUseId']), text: textOf(result['content']) }] : [],
    ),
    signatures: objects.flatMap(({ signature }) => (typeof signature === 'string' ? [signature] : [])),
  }
}

function textOf(content: unknown): string {
  return [...objectsIn(content)].map(({ text }) => (typeof text === 'string' ? text : '')).join('')
}
