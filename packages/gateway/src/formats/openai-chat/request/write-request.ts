import { AppError } from '@ratchet/contract'
import type { WriteOptions, WrittenRequest } from '../../../neutral/codec.ts'
import type { NeutralRequest, OutputShape } from '../../../neutral/neutral-request.ts'
import { leaveOutExtras } from '../../../neutral/errors/leave-out-extras.ts'
import { leaveOut } from '../../../neutral/errors/unsupported.ts'
import { leaveOutExtra, sharedExtra } from '../../openai/shared-extra.ts'
import { effortOf, lacksReasoning } from '../../openai/reasoning-effort.ts'
import { removeRefused, takesTier, writePenalties, writeSampling, type Body } from '../../openai/writing.ts'
import { isJsonObject, type JsonObject } from '../../parse-json.ts'
import { startWriting, type ChatWriting } from './chat-writing.ts'
import { writeMessages } from './write-messages.ts'
import { writeTools } from './write-tools.ts'

/** Writes a request for a provider of chat completions. Throws `model_unsupported` for what the model lacks. */
export function writeRequest(request: NeutralRequest, options: WriteOptions): WrittenRequest {
  const writing = startWriting(request, options)
  if (request.previousResponseId !== undefined) throw noStoredAnswers(request.previousResponseId, options)
  const body: Body = { model: options.model, messages: writeMessages(writing) }
  writeTools(body, writing)
  writeSampling(body, writing)
  writePenalties(body, writing)
  writeNumbers(body, request, options)
  writeReasoning(body, writing)
  if (request.output !== undefined) writeOutput(body, request.output, writing)
  writeStream(body, request)
  writeAccounting(body, writing)
  writeExtra(body, writing)
  removeRefused(body, writing)
  const { changed } = writing.names
  return { body, dropped: writing.dropped, ...(changed.size === 0 ? {} : { toolNames: changed }) }
}

/** Leaving it out would answer without the conversation so far. */
function noStoredAnswers(id: string, { model }: WriteOptions): AppError {
  return new AppError('model_unsupported', {
    message: `The provider of "${model}" stores no answers, so it cannot continue "${id}". Leave out "previous_response_id" and send the conversation so far in "input".`,
    details: { param: 'previous_response_id', model },
  })
}

function writeNumbers(body: Body, request: NeutralRequest, { abilities }: WriteOptions): void {
  const { maxOutputTokens, topK, stop, seed, logitBias, choices, logprobs, modalities } = request
  if (maxOutputTokens !== undefined)
    body[abilities.maxTokensField ?? 'max_completion_tokens'] = maxOutputTokens
  if (topK !== undefined) body['top_k'] = topK
  if (stop !== undefined && stop.length > 0) body['stop'] = stop
  if (seed !== undefined) body['seed'] = seed
  if (logitBias !== undefined) body['logit_bias'] = logitBias
  if (choices !== undefined && (choices !== 1 || request.from === 'openai-chat')) body['n'] = choices
  if (logprobs !== undefined) {
    body['logprobs'] = true
    if (logprobs.top > 0) body['top_logprobs'] = logprobs.top
  }
  if (modalities !== undefined) writeModalities(body, modalities)
}

/** Text alone is what everyone answers with. */
function writeModalities(body: Body, modalities: readonly string[]): void {
  const words = modalities.map((word) => word.toLowerCase())
  if (words.some((word) => word !== 'text')) body['modalities'] = words
}

function writeReasoning(body: Body, writing: ChatWriting): void {
  const { request, options } = writing
  const { reasoning, extra } = request
  if (reasoning === undefined) return
  if (lacksReasoning(reasoning, options)) return leaveOut(writing, 'reasoning_effort')
  const effort = effortOf(reasoning)
  if (effort === undefined || options.abilities.reasoning === 'none') return
  // What OpenRouter and DeepSeek call it is written again as it was.
  const setting = writing.isOwn ? extra['reasoning'] : undefined
  const isSaid = isJsonObject(setting) && (setting['effort'] === effort || reasoning.effort === undefined)
  if (isSaid || (writing.isOwn && isJsonObject(extra['thinking']) && !hasOwnEffort(writing))) return
  const mode = options.abilities.reasoning
  if (mode === 'budget' || mode === 'adaptive') body['thinking'] = thinkingSetting(writing)
  else body['reasoning_effort'] = effort
}

/** `thinking` may stand beside `reasoning_effort`, and may be where the effort was read from. */
function hasOwnEffort({ request }: ChatWriting): boolean {
  const { reasoning, extra } = request
  const thinking = isJsonObject(extra['thinking']) ? extra['thinking'] : {}
  return reasoning?.effort !== undefined && (reasoning.effort !== 'none' || thinking['type'] !== 'disabled')
}

/** DeepSeek, GLM and Kimi switch thinking on and off; some take a budget. */
function thinkingSetting({ request, options }: ChatWriting): JsonObject {
  const { effort, budgetTokens } = request.reasoning ?? {}
  if (effort === 'none' || budgetTokens === 0) return { type: 'disabled' }
  const isBudget = options.abilities.reasoning === 'budget' && budgetTokens !== undefined
  return { type: 'enabled', ...(isBudget ? { budget_tokens: budgetTokens } : {}) }
}

function writeOutput(body: Body, output: OutputShape, writing: ChatWriting): void {
  if (output.kind !== 'json-schema') {
    if (output.kind === 'json') body['response_format'] = { type: 'json_object' }
    else if (writing.isOwn) body['response_format'] = { type: 'text' }
    return
  }
  if (writing.options.abilities.structuredOutput === false)
    return leaveOut(writing, 'response_format', 'Ask for JSON in the prompt')
  const { name, schema, description, isStrict } = output
  body['response_format'] = {
    type: 'json_schema',
    json_schema: {
      name,
      ...(description === undefined ? {} : { description }),
      schema,
      ...(isStrict === undefined ? {} : { strict: isStrict }),
    },
  }
}

/** Usage is always asked for: it is what the call is charged by. */
function writeStream(body: Body, { isStream, from, extra }: NeutralRequest): void {
  if (!isStream) return
  body['stream'] = true
  const rest = from === 'openai-chat' && isJsonObject(extra['stream_options']) ? extra['stream_options'] : {}
  body['stream_options'] = { ...rest, include_usage: true }
}

function writeAccounting(body: Body, { request, isOwn }: ChatWriting): void {
  const { user, metadata, serviceTier, store } = request
  if (user !== undefined) body['user'] = user
  // OpenAI takes metadata only of what it stores.
  if (metadata !== undefined && (isOwn || (request.from === 'openai-responses' && store === true)))
    body['metadata'] = metadata
  if (serviceTier !== undefined && takesTier(request)) body['service_tier'] = serviceTier
  if (store !== undefined && isOwn) body['store'] = store
}

function writeExtra(body: Body, writing: ChatWriting): void {
  const { request, isOwn } = writing
  if (isOwn) {
    for (const name in request.extra) if (body[name] === undefined) body[name] = request.extra[name]
    return
  }
  leaveOutExtras(request, writing)
  const shared = sharedExtra(request, 'openai-chat')
  Object.assign(body, shared.written)
  leaveOutExtra(writing, shared.left)
}
