import { invalidField, quoteValue } from '../../../neutral/errors/invalid-field.ts'
import { otherFields, textField } from '../../../neutral/json-field.ts'
import type { NeutralRequest, Reasoning } from '../../../neutral/neutral-request.ts'
import { booleanOf, listOf, modelOf, numberOf, objectOf, textOf } from '../../openai/checked-field.ts'
import {
  parameterNames,
  readOutputShape,
  readParameters,
  type RequestDraft,
} from '../../openai/read-parameters.ts'
import { isEffort } from '../../openai/reasoning-effort.ts'
import { isJsonObject, type JsonObject } from '../../parse-json.ts'
import { readMessages } from './read-messages.ts'
import { readFunctionCall, readToolChoice, readTools } from './read-tools.ts'

const names = new Set<string>([
  ...parameterNames,
  'messages',
  'stream_options',
  'tools',
  'functions',
  'tool_choice',
  'function_call',
  'response_format',
  'reasoning_effort',
  'max_tokens',
  'max_completion_tokens',
  'top_k',
  'stop',
  'seed',
  'frequency_penalty',
  'presence_penalty',
  'logit_bias',
  'n',
  'logprobs',
  'top_logprobs',
  'modalities',
])
const streamNames = new Set(['include_usage'])
const noExtra: JsonObject = {}

/** Reads a body of chat completions. Throws `validation_failed` naming the field that cannot be understood. */
export function readRequest(body: JsonObject): NeutralRequest {
  const streamOptions = objectOf(body, 'stream_options')
  const draft: RequestDraft = {
    from: 'openai-chat',
    model: modelOf(body),
    messages: readMessages(body),
    isStream: booleanOf(body, 'stream') ?? false,
    wantsUsage: streamOptions?.['include_usage'] === true,
    tools: readTools(body),
    extra: noExtra,
  }
  const extra: Record<string, unknown> = { ...otherFields(body, names) }
  const streamRest = streamOptions === undefined ? undefined : otherFields(streamOptions, streamNames)
  if (streamRest !== undefined) extra['stream_options'] = streamRest
  readParameters(body, draft)
  readNumbers(body, draft)
  readChoice(body, draft, extra)
  readOutput(body, draft, extra)
  const effort = textOf(body, 'reasoning_effort')
  const reasoning = readReasoning(body, effort)
  if (reasoning !== undefined) draft.reasoning = reasoning
  // A word that is newer than we are is the provider's to judge.
  if (effort !== undefined && !isEffort(effort)) extra['reasoning_effort'] = effort
  // Without "logprobs" it means nothing, which is the provider's to say.
  if (draft.logprobs === undefined && body['top_logprobs'] !== undefined)
    extra['top_logprobs'] = body['top_logprobs']
  draft.extra = extra
  return draft
}

function readNumbers(body: JsonObject, draft: RequestDraft): void {
  const most = numberOf(body, 'max_completion_tokens') ?? numberOf(body, 'max_tokens')
  if (most !== undefined) draft.maxOutputTokens = most
  const topK = numberOf(body, 'top_k')
  if (topK !== undefined) draft.topK = topK
  const seed = numberOf(body, 'seed')
  if (seed !== undefined) draft.seed = seed
  const frequency = numberOf(body, 'frequency_penalty')
  if (frequency !== undefined) draft.frequencyPenalty = frequency
  const presence = numberOf(body, 'presence_penalty')
  if (presence !== undefined) draft.presencePenalty = presence
  const bias = objectOf(body, 'logit_bias')
  if (bias !== undefined) draft.logitBias = bias
  const choices = numberOf(body, 'n')
  if (choices !== undefined) draft.choices = choices
  if (booleanOf(body, 'logprobs') === true) draft.logprobs = { top: numberOf(body, 'top_logprobs') ?? 0 }
  const stop = readStop(body)
  if (stop !== undefined) draft.stop = stop
  const modalities = listOf(body, 'modalities')
  if (modalities !== undefined) draft.modalities = modalities.map(String)
}

function readStop(body: JsonObject): readonly string[] | undefined {
  const { stop } = body
  if (stop === undefined || stop === null) return undefined
  if (typeof stop === 'string') return [stop]
  if (Array.isArray(stop) && stop.every((sequence) => typeof sequence === 'string')) return stop
  throw invalidField('stop', `"stop" is ${quoteValue(stop)}; give a text or a list of texts.`)
}

function readChoice(body: JsonObject, draft: RequestDraft, extra: Record<string, unknown>): void {
  const given = body['tool_choice']
  const choice = given === undefined ? readFunctionCall(body['function_call']) : readToolChoice(given)
  if (choice !== undefined) draft.toolChoice = choice
  else if (given !== undefined && given !== null) extra['tool_choice'] = given
  if (body['tools'] === undefined && Array.isArray(body['functions'])) {
    draft.usesFunctions = true
    // Its answers have room for one call.
    draft.parallelToolCalls = false
  }
}

function readOutput(body: JsonObject, draft: RequestDraft, extra: Record<string, unknown>): void {
  const format = objectOf(body, 'response_format')
  if (format === undefined) return
  const named = format['json_schema']
  const output = readOutputShape(format, isJsonObject(named) ? named : noExtra, 'response_format.json_schema')
  if (output !== undefined) draft.output = output
  else extra['response_format'] = format
}

/**
 * `reasoning_effort`, and what servers have beside it: `reasoning` of OpenRouter, `thinking` of DeepSeek and others.
 * Those two also stay among the extra fields, so that they are written again as they were.
 */
function readReasoning(body: JsonObject, effort: string | undefined): Reasoning | undefined {
  const setting = isJsonObject(body['reasoning']) ? body['reasoning'] : noExtra
  const thinking = isJsonObject(body['thinking']) ? body['thinking'] : noExtra
  const word = effort ?? textField(setting, 'effort') ?? wordOfThinking(thinking)
  const budget = setting['max_tokens'] ?? thinking['budget_tokens']
  const isHidden = setting['exclude']
  const reasoning: Reasoning = {
    ...(isEffort(word) ? { effort: word } : {}),
    ...(typeof budget === 'number' ? { budgetTokens: budget } : {}),
    ...(thinking['type'] === 'enabled' && typeof budget !== 'number' ? { isAdaptive: true } : {}),
    ...(thinking['type'] === 'adaptive' || setting['enabled'] === true ? { isAdaptive: true } : {}),
    ...(typeof isHidden === 'boolean' ? { isShown: !isHidden } : {}),
  }
  return Object.keys(reasoning).length === 0 ? undefined : reasoning
}

function wordOfThinking(thinking: JsonObject): string | undefined {
  return thinking['type'] === 'disabled' ? 'none' : undefined
}
