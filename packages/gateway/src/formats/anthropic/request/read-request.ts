import type { ChatCodec } from '../../../neutral/codec.ts'
import type { NeutralRequest, OutputShape, Reasoning } from '../../../neutral/neutral-request.ts'
import { invalidField, quoteValue } from '../../../neutral/errors/invalid-field.ts'
import { objectField, otherFields, textField } from '../../../neutral/json-field.ts'
import type { JsonObject } from '../../parse-json.ts'
import { readMessages } from './read-messages.ts'
import { readToolChoice, readTools } from './read-tools.ts'

const known = new Set([
  'model',
  'system',
  'messages',
  'max_tokens',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'stream',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'metadata',
  'service_tier',
])

const efforts: ReadonlySet<unknown> = new Set(['low', 'medium', 'high', 'xhigh', 'max'])

/** A request to `/v1/messages`. Throws `validation_failed` only for what cannot be understood. */
export const readRequest: ChatCodec['readRequest'] = (body) => {
  const model = body['model']
  if (typeof model !== 'string' || model === '') {
    throw invalidField('model', 'The body has no "model"; name one. GET /v1/models lists them.')
  }
  const stream = body['stream'] ?? false
  if (typeof stream !== 'boolean') {
    throw invalidField('stream', `"stream" is ${quoteValue(stream)}; give true or false.`)
  }
  const extra = otherFields(body, known)
  return {
    from: 'anthropic',
    model,
    messages: readMessages(body),
    isStream: stream,
    wantsUsage: true,
    tools: readTools(body['tools']),
    ...readToolChoice(body['tool_choice']),
    ...readSampling(body),
    ...readOutput(body),
    ...readMetadata(body),
    extra: { ...extra, ...ownThinking(body), ...otherOutputConfig(body) },
  }
}

function readSampling(body: JsonObject): Partial<NeutralRequest> {
  const maxOutputTokens = readNumber(body, 'max_tokens')
  const temperature = readNumber(body, 'temperature')
  const topP = readNumber(body, 'top_p')
  const topK = readNumber(body, 'top_k')
  const stop = readStop(body['stop_sequences'])
  return {
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(topK === undefined ? {} : { topK }),
    ...(stop === undefined ? {} : { stop }),
  }
}

function readNumber(body: JsonObject, name: string): number | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' && value >= 0) return value
  throw invalidField(name, `"${name}" is ${quoteValue(value)}; give a number from 0.`)
}

function readStop(value: unknown): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value
  throw invalidField('stop_sequences', `"stop_sequences" is ${quoteValue(value)}; give a list of texts.`)
}

function readOutput(body: JsonObject): { output?: OutputShape; reasoning?: Reasoning } {
  const config = objectField(body, 'output_config')
  const format = config === undefined ? undefined : objectField(config, 'format')
  const schema = format === undefined ? undefined : objectField(format, 'schema')
  const effort = config === undefined ? undefined : asEffort(config['effort'])
  const thinking = readThinking(body)
  const reasoning = effort === undefined ? thinking : { effort, ...thinking }
  return {
    ...(schema === undefined
      ? {}
      : { output: { kind: 'json-schema', name: 'answer', schema, isStrict: true } }),
    ...(reasoning === undefined ? {} : { reasoning }),
  }
}

/** `enabled` shows thoughts unless told otherwise; for `adaptive` it is the model's own way. */
function readThinking(body: JsonObject): Reasoning | undefined {
  const thinking = objectField(body, 'thinking')
  if (thinking === undefined) return undefined
  const { type, display, budget_tokens: budget } = thinking
  if (type === 'disabled') return { effort: 'none' }
  if (type === 'enabled') {
    return {
      ...(typeof budget === 'number' ? { budgetTokens: budget } : {}),
      isShown: display !== 'omitted',
    }
  }
  if (type !== 'adaptive') return undefined
  const isShown = display === 'summarized' ? true : display === 'omitted' ? false : undefined
  return { isAdaptive: true, ...(isShown === undefined ? {} : { isShown }) }
}

/** Kinds of thinking that only Anthropic has (`between_tools`, and what is yet to come). */
function ownThinking(body: JsonObject): JsonObject {
  const thinking = objectField(body, 'thinking')
  if (thinking === undefined || readThinking(body) !== undefined) return {}
  return { thinking }
}

/** What of `output_config` is not read above; with thinking off, its effort still says how much to write. */
function otherOutputConfig(body: JsonObject): JsonObject {
  const config = objectField(body, 'output_config')
  if (config === undefined) return {}
  const { output, reasoning } = readOutput(body)
  const readNames = new Set<string>()
  if (output !== undefined) readNames.add('format')
  if (reasoning?.effort !== undefined && reasoning.effort === config['effort']) readNames.add('effort')
  const rest = otherFields(config, readNames)
  return rest === undefined ? {} : { output_config: rest }
}

function asEffort(value: unknown): Reasoning['effort'] | undefined {
  return isEffort(value) ? value : undefined
}

function isEffort(value: unknown): value is NonNullable<Reasoning['effort']> {
  return efforts.has(value)
}

function readMetadata(body: JsonObject): Partial<NeutralRequest> {
  const metadata = objectField(body, 'metadata')
  const user = metadata === undefined ? undefined : textField(metadata, 'user_id')
  const rest = metadata === undefined ? undefined : otherFields(metadata, new Set(['user_id']))
  const tier = textField(body, 'service_tier')
  return {
    ...(user === undefined ? {} : { user }),
    ...(rest === undefined ? {} : { metadata: rest }),
    // OpenAI's word for "no paid-for capacity"; what other formats understand.
    ...(tier === undefined ? {} : { serviceTier: tier === 'standard_only' ? 'default' : tier }),
  }
}
