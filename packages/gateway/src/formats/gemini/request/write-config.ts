import type { NeutralRequest } from '../../../neutral/neutral-request.ts'
import { leaveOut } from '../../../neutral/errors/unsupported.ts'
import { isJsonObject, type JsonObject } from '../../parse-json.ts'
import { toOpenApiSchema } from '../schema/to-open-api-schema.ts'
import type { RequestWriting } from './write-messages.ts'
import { writeThinking } from './write-thinking.ts'
import { withoutDialect } from './write-tools.ts'

/** `generationConfig`; empty when the request sets nothing. */
export function writeConfig(writing: RequestWriting): JsonObject {
  const { request } = writing
  const kept = request.from === 'gemini' ? request.extra['generationConfig'] : undefined
  const config: Record<string, unknown> = isJsonObject(kept) ? { ...kept } : {}
  writeSampling(config, writing)
  writeOutput(config, writing)
  const { maxOutputTokens, stop, modalities } = request
  if (maxOutputTokens !== undefined) config['maxOutputTokens'] = maxOutputTokens
  if (stop !== undefined && stop.length > 0) config['stopSequences'] = stop
  if (modalities !== undefined) config['responseModalities'] = modalities.map((word) => word.toUpperCase())
  set(config, writing, { name: 'candidateCount', param: 'n', value: several(request.choices) })
  set(config, writing, { name: 'seed', param: 'seed', value: request.seed })
  if (request.logprobs !== undefined) {
    set(config, writing, { name: 'responseLogprobs', param: 'logprobs', value: true })
    const top = request.logprobs.top > 0 ? request.logprobs.top : undefined
    set(config, writing, { name: 'logprobs', param: 'top_logprobs', value: top })
  }
  const thinking = writeThinking(writing)
  if (thinking !== undefined) config['thinkingConfig'] = thinking
  return config
}

/** One answer is what everybody gets without asking. */
function several(choices: number | undefined): number | undefined {
  return choices === 1 ? undefined : choices
}

/** With the value that changes nothing and is no reason to refuse. */
const samplingFields = [
  { name: 'temperature', param: 'temperature', neutral: 1 },
  { name: 'topP', param: 'top_p', neutral: 1 },
  { name: 'topK', param: 'top_k', neutral: undefined },
  { name: 'presencePenalty', param: 'presence_penalty', neutral: 0 },
  { name: 'frequencyPenalty', param: 'frequency_penalty', neutral: 0 },
] as const

function writeSampling(config: Record<string, unknown>, writing: RequestWriting): void {
  const canSample = writing.options.abilities.sampling !== false
  for (const { name, param, neutral } of samplingFields) {
    const value = writing.request[name]
    if (canSample) set(config, writing, { name, param, value })
    else if (value !== undefined && value !== neutral) leaveOut(writing, param)
  }
}

type ConfigField = { readonly name: string; readonly param: string; readonly value: unknown }

function set(config: Record<string, unknown>, writing: RequestWriting, field: ConfigField): void {
  if (field.value === undefined) return
  if (writing.options.abilities.refusedFields?.includes(field.name) === true) leaveOut(writing, field.param)
  else config[field.name] = field.value
}

function writeOutput(config: Record<string, unknown>, writing: RequestWriting): void {
  const output: NeutralRequest['output'] = writing.request.output
  if (output === undefined || output.kind === 'text') return
  const { structuredOutput, refusedFields } = writing.options.abilities
  if (structuredOutput === false) return leaveOut(writing, 'response_format')
  config['responseMimeType'] = 'application/json'
  if (output.kind !== 'json-schema') return
  if (refusedFields?.includes('responseJsonSchema') === true) {
    config['responseSchema'] = toOpenApiSchema(output.schema)
  } else config['responseJsonSchema'] = withoutDialect(output.schema)
}
