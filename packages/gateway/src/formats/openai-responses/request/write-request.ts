import type { WriteOptions, WrittenRequest } from '../../../neutral/codec.ts'
import type { NeutralRequest, OutputShape } from '../../../neutral/neutral-request.ts'
import { leaveOutExtras } from '../../../neutral/errors/leave-out-extras.ts'
import { leaveOut } from '../../../neutral/errors/unsupported.ts'
import { effortOf, lacksReasoning } from '../../openai/reasoning-effort.ts'
import { leaveOutExtra, sharedExtra } from '../../openai/shared-extra.ts'
import { removeRefused, takesTier, writeSampling, type Body } from '../../openai/writing.ts'
import { isJsonObject, type JsonObject } from '../../parse-json.ts'
import { startWriting, type ResponsesWriting } from './responses-writing.ts'
import { writeInput } from './write-items.ts'
import { writeTools } from './write-tools.ts'

const encryptedWord = 'reasoning.encrypted_content'
const logprobsWord = 'message.output_text.logprobs'

/** Writes a request for a provider of the Responses format. Throws `model_unsupported` for what it lacks. */
export function writeRequest(request: NeutralRequest, options: WriteOptions): WrittenRequest {
  const writing = startWriting(request, options)
  const body: Body = { model: options.model, ...writeInput(writing) }
  writeTools(body, writing)
  writeSampling(body, writing)
  refuseUnknown(writing)
  if (request.maxOutputTokens !== undefined) body['max_output_tokens'] = request.maxOutputTokens
  writeReasoning(body, writing)
  writeText(body, writing)
  writeLogprobs(body, request)
  writeAccounting(body, request)
  if (request.isStream) body['stream'] = true
  writeExtra(body, writing)
  removeRefused(body, writing)
  const { changed } = writing.names
  return { body, dropped: writing.dropped, ...(changed.size === 0 ? {} : { toolNames: changed }) }
}

/** What chat completions and others have, and this format lacks. */
function refuseUnknown(writing: ResponsesWriting): void {
  const { request } = writing
  if (request.stop !== undefined && request.stop.length > 0) leaveOut(writing, 'stop')
  if (request.seed !== undefined) leaveOut(writing, 'seed')
  if (request.topK !== undefined) leaveOut(writing, 'top_k')
  if (request.logitBias !== undefined) leaveOut(writing, 'logit_bias')
  if ((request.frequencyPenalty ?? 0) !== 0) leaveOut(writing, 'frequency_penalty')
  if ((request.presencePenalty ?? 0) !== 0) leaveOut(writing, 'presence_penalty')
  if ((request.choices ?? 1) > 1) leaveOut(writing, 'n', 'Ask once for each answer')
  const isPlain = request.modalities?.every((word) => word.toLowerCase() === 'text') ?? true
  if (!isPlain) leaveOut(writing, 'modalities')
}

function writeReasoning(body: Body, writing: ResponsesWriting): void {
  const { request, options, isOwn } = writing
  const { reasoning, extra } = request
  const rest = isOwn && isJsonObject(extra['reasoning']) ? extra['reasoning'] : {}
  const isLacking = reasoning !== undefined && lacksReasoning(reasoning, options)
  if (isLacking) leaveOut(writing, 'reasoning')
  if (options.abilities.reasoning === 'none') return
  const effort = reasoning === undefined ? undefined : effortOf(reasoning)
  const summary = reasoning?.summary ?? (reasoning?.isShown === true && !isOwn ? 'auto' : undefined)
  const setting: JsonObject = {
    ...(effort === undefined ? {} : { effort }),
    ...(summary === undefined ? {} : { summary }),
    ...rest,
  }
  if (Object.keys(setting).length > 0) body['reasoning'] = setting
}

function writeText(body: Body, writing: ResponsesWriting): void {
  const { request, options, isOwn } = writing
  const rest = isOwn && isJsonObject(request.extra['text']) ? request.extra['text'] : {}
  const { output } = request
  const isRefused = output?.kind === 'json-schema' && options.abilities.structuredOutput === false
  if (isRefused) leaveOut(writing, 'text.format', 'Ask for JSON in the prompt')
  const isDefault = output === undefined || (output.kind === 'text' && !isOwn)
  const format = isRefused || isDefault ? {} : { format: writeOutputFormat(output) }
  const text = { ...format, ...rest }
  if (Object.keys(text).length > 0) body['text'] = text
}

export function writeOutputFormat(output: OutputShape): JsonObject {
  if (output.kind !== 'json-schema') return { type: output.kind === 'json' ? 'json_object' : 'text' }
  const { name, schema, description, isStrict } = output
  return {
    type: 'json_schema',
    name,
    ...(description === undefined ? {} : { description }),
    schema,
    ...(isStrict === undefined ? {} : { strict: isStrict }),
  }
}

function writeLogprobs(body: Body, { logprobs, from }: NeutralRequest): void {
  if (logprobs === undefined) return
  if (logprobs.top > 0) body['top_logprobs'] = logprobs.top
  // Clients of the format itself have said what they want to be included.
  if (from !== 'openai-responses') body['include'] = [logprobsWord]
}

function writeAccounting(body: Body, request: NeutralRequest): void {
  const { user, metadata, serviceTier, store, from, previousResponseId } = request
  const isOpenAi = from === 'openai-responses' || from === 'openai-chat'
  if (user !== undefined) body['user'] = user
  if (metadata !== undefined && isOpenAi) body['metadata'] = metadata
  if (serviceTier !== undefined && takesTier(request)) body['service_tier'] = serviceTier
  if (previousResponseId !== undefined) body['previous_response_id'] = previousResponseId
  // The format stores answers unless told not to, which clients of other formats do not expect.
  if (store !== undefined || from !== 'openai-responses') body['store'] = store ?? false
}

function writeExtra(body: Body, writing: ResponsesWriting): void {
  const { request, isOwn } = writing
  if (isOwn) {
    for (const name in request.extra) if (body[name] === undefined) body[name] = request.extra[name]
    return
  }
  leaveOutExtras(request, writing)
  const shared = sharedExtra(request, 'openai-responses')
  for (const name in shared.written) addShared(body, name, shared.written[name])
  leaveOutExtra(writing, shared.left)
  if (body['store'] === false && wantsThoughts(writing)) addInclude(body, encryptedWord)
}

function addShared(body: Body, name: string, value: unknown): void {
  const known = body[name]
  body[name] = isJsonObject(known) && isJsonObject(value) ? { ...known, ...value } : value
}

/** What is not stored must come along, or the next turn has lost its thoughts. Other models refuse the word. */
function wantsThoughts({ request, options }: ResponsesWriting): boolean {
  const { reasoning } = request
  if (reasoning === undefined || options.abilities.reasoning === 'none') return false
  return reasoning.effort !== 'none'
}

function addInclude(body: Body, word: string): void {
  const known = Array.isArray(body['include']) ? body['include'] : []
  body['include'] = [...known, word]
}
