import type { WriteOptions, WrittenRequest } from '../../../neutral/codec.ts'
import type { NeutralRequest } from '../../../neutral/neutral-request.ts'
import { leaveOutExtras } from '../../../neutral/errors/leave-out-extras.ts'
import { leaveOutField } from '../../../neutral/errors/leave-out-field.ts'
import { leaveOut } from '../../../neutral/errors/unsupported.ts'
import { WrittenNames } from '../../../neutral/tools/written-names.ts'
import { takesField } from '../../anthropic/request/request-writing.ts'
import { strictSchema } from '../../anthropic/request/strict-schema.ts'
import { planOutput, type OutputPlan } from '../../anthropic/request/structured-output.ts'
import { refuseForeign, stopTexts } from '../../anthropic/request/write-request.ts'
import { withoutCustomCalls } from '../../openai/without-custom-calls.ts'
import { isJsonObject, type JsonObject } from '../../parse-json.ts'
import { familyOf } from '../model-family.ts'
import { toolNameRule, type BedrockWriting } from './bedrock-writing.ts'
import { planBedrockThinking, type BedrockThinking } from './thinking.ts'
import { writeMessages } from './write-messages.ts'
import { writeTools } from './write-tools.ts'

/** Fields of Converse that clients may send along. */
const ownFields: ReadonlySet<string> = new Set([
  'guardrailConfig',
  'performanceConfig',
  'promptVariables',
  'requestMetadata',
  'additionalModelResponseFieldPaths',
])

/** Fields of Anthropic's documents that Converse has as well. */
const documentNames: ReadonlySet<string> = new Set(['context', 'citations'])

/** Body of Converse and ConverseStream; the model belongs into the path. */
export function writeRequest(given: NeutralRequest, options: WriteOptions): WrittenRequest {
  const dropped: string[] = []
  const request = withoutCustomCalls(given, { dropped, options })
  leaveOutExtras(request, { dropped, options }, documentNames)
  const writing: BedrockWriting = {
    request,
    options,
    dropped,
    names: new WrittenNames(toolNameRule),
    family: familyOf(options.model),
    documents: new Set(),
  }
  refuseForeign(writing)
  const { system, messages } = writeMessages(writing)
  const thinking = planBedrockThinking(writing, messages)
  const output = planOutput(request, options)
  const additional = { ...thinking.fields, ...writeTopK(writing, thinking), ...givenFields(request) }
  const inference = writeInference(writing, thinking)
  const body = {
    messages,
    ...writeSystem(system, output),
    ...(Object.keys(inference).length === 0 ? {} : { inferenceConfig: inference }),
    ...writeTools(writing, { output, isThinking: thinking.isOn }),
    ...(Object.keys(additional).length === 0 ? {} : { additionalModelRequestFields: additional }),
    ...writeOutputConfig(thinking, output),
    ...writeTier(writing),
    ...keptFields(writing),
  }
  const toolNames = writing.names.changed.size === 0 ? {} : { toolNames: writing.names.changed }
  return { body, dropped: writing.dropped, ...toolNames }
}

function writeSystem(blocks: readonly JsonObject[], output: OutputPlan): JsonObject {
  const system = output.kind === 'instruction' ? [...blocks, { text: output.text }] : blocks
  return system.length === 0 ? {} : { system }
}

/** Without a limit Bedrock lets a model say all it can; thoughts with a budget want one. */
function writeInference(writing: BedrockWriting, thinking: BedrockThinking): JsonObject {
  const { request, options, family } = writing
  const config: Record<string, unknown> = {}
  if (thinking.maxTokens !== undefined) config['maxTokens'] = thinking.maxTokens
  const isRefused = options.abilities.sampling === false
  const isFree = !thinking.isOn || family !== 'claude'
  const set = (name: string, param: string, value: number | undefined, isTaken: boolean) => {
    if (value === undefined) return
    if (isRefused || !isTaken) leaveOut(writing, param, isRefused ? '' : 'A model that thinks takes none')
    else if (takesField(writing, name, param)) config[name] = value
  }
  const temperature = request.temperature === undefined ? undefined : Math.min(1, request.temperature)
  set('temperature', 'temperature', temperature, isFree || temperature === 1)
  set('topP', 'top_p', request.topP, isFree || (request.topP ?? 0) >= 0.95)
  const stop = family === 'claude' ? stopTexts(writing) : request.stop?.filter((text) => text !== '')
  if (stop !== undefined && stop.length > 0) config['stopSequences'] = stop
  return config
}

/** Converse has no field for it; makers that know it have their own. */
function writeTopK(writing: BedrockWriting, { isOn }: BedrockThinking): JsonObject {
  const { topK } = writing.request
  if (topK === undefined) return {}
  if (writing.family === 'nova') return { inferenceConfig: { topK } }
  const isTaken = writing.family === 'mistral' || (writing.family === 'claude' && !isOn)
  if (isTaken && writing.options.abilities.sampling !== false) return { top_k: topK }
  leaveOut(writing, 'top_k')
  return {}
}

function writeOutputConfig({ effort }: BedrockThinking, output: OutputPlan): JsonObject {
  if (effort === undefined && output.kind !== 'format') return {}
  return {
    outputConfig: {
      ...(effort === undefined ? {} : { effort }),
      ...(output.kind === 'format' ? { textFormat: writeFormat(output.shape) } : {}),
    },
  }
}

/** Converse takes the schema as text. */
function writeFormat(shape: Extract<OutputPlan, { kind: 'format' }>['shape']): JsonObject {
  const { name, description, schema } = shape
  const jsonSchema = {
    name: name.replaceAll(/[^a-zA-Z0-9_-]/g, '_'),
    schema: JSON.stringify(strictSchema(schema)),
    ...(description === undefined ? {} : { description }),
  }
  return { type: 'json_schema', structure: { jsonSchema } }
}

function writeTier(writing: BedrockWriting): JsonObject {
  const tier = writing.request.serviceTier
  if (tier === undefined || tier === 'auto') return {}
  const isKnown = tier === 'default' || tier === 'flex' || tier === 'priority' || tier === 'reserved'
  if (isKnown) return { serviceTier: { type: tier } }
  leaveOut(writing, 'service_tier', 'Give "default", "flex" or "priority"')
  return {}
}

function givenFields({ extra }: NeutralRequest): JsonObject {
  const given = extra['additionalModelRequestFields']
  return isJsonObject(given) ? given : {}
}

function keptFields(writing: BedrockWriting): JsonObject {
  const kept: Record<string, unknown> = {}
  const { extra } = writing.request
  for (const name in extra) {
    if (ownFields.has(name)) kept[name] = extra[name]
    else if (name !== 'additionalModelRequestFields') leaveOutField(writing, name, extra[name])
  }
  return kept
}
