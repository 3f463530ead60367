import {
  FinishReason,
  type Candidate,
  type GenerateContentResponse,
  type GenerationConfig,
  type Part,
} from '@google/genai'
import { isJsonObject, type JsonObject } from '../../formats/parse-json.ts'
import {
  scenarioOf,
  scriptOf,
  words,
  type AnswerScript,
  type ReadRequest,
  type ScriptedUsage,
} from './answer-script.ts'
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

/** An answer as Google sends it, without what its SDK adds. */
type Answer = Pick<
  GenerateContentResponse,
  'candidates' | 'usageMetadata' | 'modelVersion' | 'responseId' | 'promptFeedback'
>

const fields = [
  'contents',
  'systemInstruction',
  'tools',
  'toolConfig',
  'safetySettings',
  'generationConfig',
  'cachedContent',
  'labels',
  'serviceTier',
  'store',
]
const configFields: readonly string[] = [
  'temperature',
  'topP',
  'topK',
  'candidateCount',
  'maxOutputTokens',
  'stopSequences',
  'responseMimeType',
  'responseSchema',
  'responseJsonSchema',
  'presencePenalty',
  'frequencyPenalty',
  'seed',
  'responseLogprobs',
  'logprobs',
  'thinkingConfig',
  'responseModalities',
  'speechConfig',
  'mediaResolution',
] satisfies readonly (keyof GenerationConfig)[]

const ids = ['', ''] as const

/** Google's Gemini: calls without ids, a proof on the first of several calls, reasons in capitals. */
export const geminiFamily: ProviderFamily = {
  model: 'gemini-2.5-flash',
  basePath: '/v1beta',
  reply: ({ json, path, headers }) => {
    if (headers['x-goog-api-key'] !== 'sk-gemini')
      return refuse(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.')
    const config = isJsonObject(json['generationConfig']) ? json['generationConfig'] : {}
    const unknown = unknownField(json, fields) ?? unknownField(config, configFields)
    if (unknown !== undefined)
      return refuse(400, 'INVALID_ARGUMENT', `Invalid JSON payload received. Unknown name "${unknown}"`)
    const mistake = mistakeIn(json)
    if (mistake !== undefined) return refuse(400, 'INVALID_ARGUMENT', mistake)
    const model = decodeURIComponent(/models\/([^:]+):/.exec(path)?.[1] ?? '')
    const scenario = scenarioOf(model)
    if (scenario === 'error-before') return refuse(503, 'UNAVAILABLE', words.overloaded)
    if (scenario === 'rate-limit')
      return refuse(429, 'RESOURCE_EXHAUSTED', words.tooFast, [
        { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '7s' },
      ])
    const script = scriptOf(scenario, readContents(json, config), ids)
    if (script === undefined) throw new Error(`the scenario ${scenario} has no answer`)
    if (!path.includes(':streamGenerateContent')) return plainReply(wholeAnswer(script, model), script.breaks)
    return streamReply(chunksOf(script, model), script.breaks)
  },
}

const finishReasons: Readonly<Record<AnswerScript['finish'], FinishReason>> = {
  stop: FinishReason.STOP,
  length: FinishReason.MAX_TOKENS,
  'tool-calls': FinishReason.STOP,
  refusal: FinishReason.SAFETY,
}

function answerOf(model: string, candidate: Candidate, usage?: ScriptedUsage): Answer {
  return {
    responseId: 'gemini-scenario',
    modelVersion: model,
    candidates: [{ index: 0, ...candidate }],
    ...(usage === undefined ? {} : { usageMetadata: usageOf(usage) }),
  }
}

/** Thoughts are counted beside the candidates; nothing is charged for writing the cache. */
function usageOf(usage: ScriptedUsage): NonNullable<Answer['usageMetadata']> {
  const input = usage.fresh + usage.cached + usage.written
  return {
    promptTokenCount: input,
    ...(usage.cached === 0 ? {} : { cachedContentTokenCount: usage.cached }),
    candidatesTokenCount: usage.output - usage.reasoning,
    ...(usage.reasoning === 0 ? {} : { thoughtsTokenCount: usage.reasoning }),
    totalTokenCount: input + usage.output,
  }
}

function callParts({ calls, thought }: AnswerScript): Part[] {
  return calls.map(({ name, pieces }, index) => ({
    functionCall: { name, args: JSON.parse(pieces.join('')) as Record<string, unknown> },
    ...(index === 0 && thought === undefined ? { thoughtSignature: words.signature } : {}),
  }))
}

function thoughtParts({ thought }: AnswerScript): Part[] {
  return thought === undefined ? [] : [{ text: thought.text, thought: true }]
}

function wholeAnswer(script: AnswerScript, model: string): Answer {
  const text = script.pieces.join('')
  const proof = script.thought === undefined ? {} : { thoughtSignature: script.thought.signature }
  const parts: Part[] = [
    ...thoughtParts(script),
    ...(text === '' ? [] : [{ text, ...proof }]),
    ...callParts(script),
  ]
  const finishReason = finishReasons[script.finish]
  const candidate: Candidate =
    script.finish === 'refusal' ? { finishReason } : { content: { role: 'model', parts }, finishReason }
  return answerOf(model, candidate, script.usage)
}

function chunksOf(script: AnswerScript, model: string): string[] {
  const chunk = (parts: Part[], more: Candidate = {}, usage?: ScriptedUsage): string =>
    sse(answerOf(model, { content: { role: 'model', parts }, ...more }, usage))
  const pieces = script.breaks === undefined ? script.pieces : script.pieces.slice(0, 2)
  const proof = script.thought === undefined ? {} : { thoughtSignature: script.thought.signature }
  const chunks = [
    ...thoughtParts(script).map((part) => chunk([part])),
    ...pieces.map((text, index) => chunk([{ text, ...(index === pieces.length - 1 ? proof : {}) }])),
  ]
  if (script.breaks === 'error') chunks.push(sse({ error: errorOf(503, 'UNAVAILABLE', words.overloaded) }))
  if (script.breaks !== undefined) return chunks
  // Each call comes whole, in a chunk of its own.
  for (const part of callParts(script)) chunks.push(chunk([part]))
  const finishReason = finishReasons[script.finish]
  const last =
    script.finish === 'refusal'
      ? { finishReason }
      : { content: { role: 'model', parts: [{ text: '' }] }, finishReason }
  return [...chunks, sse(answerOf(model, last, script.usage))]
}

function sse(json: object): string {
  return `data: ${JSON.stringify(json)}\r\n\r\n`
}

function errorOf(code: number, status: string, message: string, details: readonly object[] = []) {
  return { code, message, status, ...(details.length === 0 ? {} : { details }) }
}

function refuse(
  code: number,
  status: string,
  message: string,
  details: readonly object[] = [],
): ProviderReply {
  return jsonReply(code, { error: errorOf(code, status, message, details) })
}

/** A result names the function that was called before it; every call has one. */
function mistakeIn({ contents }: JsonObject): string | undefined {
  if (!Array.isArray(contents) || contents.length === 0) return 'contents is not specified'
  let open: string[] = []
  for (const content of contents) {
    if (!isJsonObject(content) || !Array.isArray(content['parts']) || content['parts'].length === 0)
      return 'contents.parts must not be empty.'
    const parts = content['parts'].filter(isJsonObject)
    const names = (field: string) =>
      parts.flatMap(({ [field]: value }) => (isJsonObject(value) ? [String(value['name'])] : []))
    const results = names('functionResponse')
    if (results.toSorted().join(' ') !== open.toSorted().join(' '))
      return 'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.'
    open = names('functionCall')
  }
  return undefined
}

function readContents(json: JsonObject, config: JsonObject): ReadRequest {
  const objects = [...objectsIn(json['contents'])]
  const hasSchema = config['responseSchema'] !== undefined || config['responseJsonSchema'] !== undefined
  return {
    images: objects.flatMap(({ inlineData: data }) =>
      isJsonObject(data) ? [tellImage(data['mimeType'], data['data'])] : [],
    ),
    hasSchema: hasSchema && config['responseMimeType'] === 'application/json',
    toolNames: [...objectsIn(json['tools'])].flatMap(({ name }) => (typeof name === 'string' ? [name] : [])),
    results: objects.flatMap(({ functionResponse: result }) =>
      isJsonObject(result) ? [{ id: String(result['id']), text: resultText(result['response']) }] : [],
    ),
    signatures: objects.flatMap(({ thoughtSignature: proof }) => (typeof proof === 'string' ? [proof] : [])),
  }
}

function resultText(response: unknown): string {
  return [...objectsIn(response)]
    .flatMap((object) => Object.values(object).filter((value) => typeof value === 'string'))
    .join('')
}
