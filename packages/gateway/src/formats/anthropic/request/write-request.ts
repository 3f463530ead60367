import { AppError } from '@ratchet/contract'
import type { WriteOptions, WrittenRequest } from '../../../neutral/codec.ts'
import type { NeutralRequest } from '../../../neutral/neutral-request.ts'
import { leaveOutExtras } from '../../../neutral/errors/leave-out-extras.ts'
import { leaveOutField } from '../../../neutral/errors/leave-out-field.ts'
import { leaveOut, noteLeftOut } from '../../../neutral/errors/unsupported.ts'
import { WrittenNames } from '../../../neutral/tools/written-names.ts'
import { withoutCustomCalls } from '../../openai/without-custom-calls.ts'
import { isJsonObject, type JsonObject } from '../../parse-json.ts'
import { takesField, toolNameRule, type RequestWriting } from './request-writing.ts'
import { strictSchema } from './strict-schema.ts'
import { planOutput, type OutputPlan } from './structured-output.ts'
import { planThinking, thinkWithThoughts, type BlockKinds, type ThinkingPlan } from './thinking.ts'
import { writeMessages } from './write-messages.ts'
import { writeTools } from './write-tools.ts'

/** Fields of Anthropic's own that clients of other formats may send along. */
const ownFields: ReadonlySet<string> = new Set([
  'cache_control',
  'container',
  'context_management',
  'inference_geo',
  'mcp_servers',
  'speed',
])

/** Body of `/v1/messages`. */
export function writeRequest(given: NeutralRequest, options: WriteOptions): WrittenRequest {
  const writing = startWriting(given, options)
  const { request } = writing
  refuseForeign(writing)
  const { system, messages } = writeMessages(writing)
  const thinking = thinkWithThoughts(planThinking(request, options, writing), messages, {
    ...blockKinds,
    writing,
  })
  const output = planOutput(request, options)
  const body = {
    model: options.model,
    max_tokens: thinking.maxTokens,
    ...writeSystem(system, output),
    messages,
    ...writeTools(writing, { output, isThinking: thinking.isOn }),
    ...writeSampling(writing, thinking.isOn),
    ...(thinking.thinking === undefined ? {} : { thinking: thinking.thinking }),
    ...writeMetadata(request),
    ...writeTier(writing),
    ...(request.isStream ? { stream: true } : {}),
    ...keptFields(writing),
    ...writeOutputConfig(writing, thinking, output),
  }
  const toolNames = writing.names.changed.size === 0 ? {} : { toolNames: writing.names.changed }
  return { body, dropped: writing.dropped, ...toolNames }
}

function startWriting(given: NeutralRequest, options: WriteOptions): RequestWriting {
  const dropped: string[] = []
  const request = withoutCustomCalls(given, { dropped, options })
  if (request.from !== 'anthropic') leaveOutExtras(request, { dropped, options })
  return { request, options, dropped, names: new WrittenNames(toolNameRule) }
}

/** Refuses what only other formats can do; shared by formats that can do none of it. */
export function refuseForeign(writing: RequestWriting): void {
  const { request, options } = writing
  if (request.previousResponseId !== undefined) {
    // Without the stored answer the conversation would be another one, so dropping is no choice here.
    throw new AppError('model_unsupported', {
      message: `The model "${options.model}" keeps no answers, so "previous_response_id" means nothing to it. Send the whole conversation in "input".`,
      details: { param: 'previous_response_id', model: options.model },
    })
  }
  if (request.store === true) leaveOut(writing, 'store')
  if ((request.choices ?? 1) > 1)
    leaveOut(writing, 'n', 'It gives one answer: send the request several times')
  if (request.seed !== undefined) leaveOut(writing, 'seed')
  if (request.logitBias !== undefined && Object.keys(request.logitBias).length > 0)
    leaveOut(writing, 'logit_bias')
  if (request.logprobs !== undefined) leaveOut(writing, 'logprobs')
  if ((request.frequencyPenalty ?? 0) !== 0) leaveOut(writing, 'frequency_penalty')
  if ((request.presencePenalty ?? 0) !== 0) leaveOut(writing, 'presence_penalty')
  if (request.modalities?.some((word) => word !== 'text') === true) leaveOut(writing, 'modalities')
}

/** Texts to stop at, without those of blanks alone, which Anthropic refuses (A4.12). */
export function stopTexts(writing: RequestWriting): readonly string[] | undefined {
  const { stop } = writing.request
  const texts = stop?.filter((text) => text.trim() !== '')
  if (texts?.length !== stop?.length) noteLeftOut(writing, 'stop')
  return texts === undefined || texts.length === 0 ? undefined : texts
}

function hasType(block: JsonObject, type: string): boolean {
  return block['type'] === type
}

const blockKinds: BlockKinds = {
  isResult: (block) => hasType(block, 'tool_result'),
  isThought: (block) => hasType(block, 'thinking') || hasType(block, 'redacted_thinking'),
}

function writeSystem(blocks: readonly JsonObject[], output: OutputPlan): JsonObject {
  const all = output.kind === 'instruction' ? [...blocks, { type: 'text', text: output.text }] : blocks
  const [first] = all
  if (first === undefined) return {}
  return { system: all.length === 1 && Object.keys(first).length === 2 ? first['text'] : all }
}

function writeSampling(writing: RequestWriting, isThinking: boolean): JsonObject {
  const { request, options } = writing
  const body: Record<string, unknown> = {}
  const isRefused = options.abilities.sampling === false
  const set = (name: string, value: number | undefined, isTaken: boolean) => {
    if (value === undefined) return
    if (isRefused || !isTaken) leaveOut(writing, name, isRefused ? '' : 'A model that thinks takes none')
    else if (takesField(writing, name)) body[name] = value
  }
  const isFree = !isThinking || request.from === 'anthropic'
  const temperature = request.temperature === undefined ? undefined : Math.min(1, request.temperature)
  set('temperature', temperature, isFree || temperature === 1)
  set('top_p', request.topP, isFree || (request.topP ?? 0) >= 0.95)
  set('top_k', request.topK, isFree)
  const stop = stopTexts(writing)
  if (stop !== undefined) body['stop_sequences'] = stop
  return body
}

function writeMetadata({ from, user, metadata }: NeutralRequest): JsonObject {
  const own = from === 'anthropic' ? metadata : undefined
  if (user === undefined && own === undefined) return {}
  return { metadata: { ...own, ...(user === undefined ? {} : { user_id: user }) } }
}

/** Anthropic's "auto" takes paid-for capacity where there is some, which is OpenAI's "priority". */
function writeTier(writing: RequestWriting): JsonObject {
  const tier = writing.request.serviceTier
  if (tier === undefined) return {}
  if (tier === 'default' || tier === 'standard' || tier === 'standard_only')
    return { service_tier: 'standard_only' }
  if (tier === 'auto' || tier === 'priority') return { service_tier: 'auto' }
  leaveOut(writing, 'service_tier', 'Give "auto" or "default"')
  return {}
}

function keptFields(writing: RequestWriting): JsonObject {
  const { from, extra } = writing.request
  if (from === 'anthropic') return extra
  const kept: Record<string, unknown> = {}
  for (const name in extra) {
    if (ownFields.has(name)) kept[name] = extra[name]
    else leaveOutField(writing, name, extra[name])
  }
  return kept
}

function writeOutputConfig(
  writing: RequestWriting,
  { effort }: ThinkingPlan,
  output: OutputPlan,
): JsonObject {
  const { from, extra } = writing.request
  const own =
    from === 'anthropic' && isJsonObject(extra['output_config']) ? extra['output_config'] : undefined
  if (effort === undefined && output.kind !== 'format' && own === undefined) return {}
  const schema = output.kind === 'format' ? output.shape.schema : undefined
  return {
    output_config: {
      ...(effort === undefined ? {} : { effort }),
      ...(schema === undefined
        ? {}
        : { format: { type: 'json_schema', schema: from === 'anthropic' ? schema : strictSchema(schema) } }),
      ...own,
    },
  }
}
