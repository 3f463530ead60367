import { otherFields } from '../../../neutral/json-field.ts'
import type { NeutralRequest, OutputShape, Reasoning } from '../../../neutral/neutral-request.ts'
import type { JsonObject } from '../../parse-json.ts'
import {
  booleanField,
  bothSpellings,
  field,
  numberField,
  objectField,
  objectsField,
  textField,
  textsField,
} from '../read-field.ts'
import { toJsonSchema } from '../schema/to-json-schema.ts'

/** What of `generationConfig` the neutral form has words for. */
export type ConfigFields = Pick<
  NeutralRequest,
  | 'temperature'
  | 'topP'
  | 'topK'
  | 'maxOutputTokens'
  | 'stop'
  | 'choices'
  | 'seed'
  | 'presencePenalty'
  | 'frequencyPenalty'
  | 'logprobs'
  | 'modalities'
  | 'output'
  | 'reasoning'
>

const knownNames = bothSpellings(
  'temperature',
  'topP',
  'topK',
  'maxOutputTokens',
  'stopSequences',
  'candidateCount',
  'seed',
  'presencePenalty',
  'frequencyPenalty',
  'responseLogprobs',
  'logprobs',
  'responseModalities',
  'thinkingConfig',
)

const outputNames = bothSpellings(
  'responseMimeType',
  'responseSchema',
  'responseJsonSchema',
  'responseFormat',
)
const knownWithOutput = new Set([...knownNames, ...outputNames])

/** Reads `generationConfig`; `extra` is what nothing else holds. */
export function readConfig(config: JsonObject): { fields: ConfigFields; extra: JsonObject | undefined } {
  const output = readOutput(config)
  const stop = textsField(config, 'stopSequences')
  const modalities = textsField(config, 'responseModalities')?.map((word) => word.toLowerCase())
  const thinking = objectField(config, 'thinkingConfig')
  const fields = {
    temperature: numberField(config, 'temperature'),
    topP: numberField(config, 'topP'),
    topK: numberField(config, 'topK'),
    maxOutputTokens: numberField(config, 'maxOutputTokens'),
    stop: stop === undefined || stop.length === 0 ? undefined : stop,
    choices: numberField(config, 'candidateCount'),
    seed: numberField(config, 'seed'),
    presencePenalty: numberField(config, 'presencePenalty'),
    frequencyPenalty: numberField(config, 'frequencyPenalty'),
    logprobs:
      booleanField(config, 'responseLogprobs') === true
        ? { top: numberField(config, 'logprobs') ?? 0 }
        : undefined,
    modalities: modalities === undefined || modalities.length === 0 ? undefined : modalities,
    output,
    reasoning: thinking === undefined ? undefined : readThinking(thinking),
  }
  // An output that is more than JSON (enums, pictures) is passed on whole or not at all.
  const extra = otherFields(config, output === undefined ? knownNames : knownWithOutput)
  return { fields: withoutUndefined(fields), extra }
}

function readOutput(config: JsonObject): OutputShape | undefined {
  const formats = objectsField(config, 'responseFormat')
  const [format] = formats
  if (format !== undefined) {
    const text = formats.length === 1 ? objectField(format, 'text') : undefined
    return text === undefined ? undefined : shapeOf(textField(text, 'mimeType'), field(text, 'schema'))
  }
  const schema = objectField(config, 'responseJsonSchema')
  const subset = objectField(config, 'responseSchema')
  return shapeOf(
    textField(config, 'responseMimeType'),
    schema ?? (subset === undefined ? undefined : toJsonSchema(subset)),
  )
}

function shapeOf(mimeType: string | undefined, schema: unknown): OutputShape | undefined {
  if (mimeType === 'text/plain' || mimeType === 'TEXT_PLAIN') return { kind: 'text' }
  if (mimeType !== 'application/json' && mimeType !== 'APPLICATION_JSON') return undefined
  if (typeof schema !== 'object' || schema === null) return { kind: 'json' }
  return { kind: 'json-schema', name: 'response', schema: { ...schema } }
}

const efforts = { minimal: 'minimal', low: 'low', medium: 'medium', high: 'high' } as const

function readThinking(thinking: JsonObject): Reasoning {
  const budgetTokens = numberField(thinking, 'thinkingBudget')
  const level = textField(thinking, 'thinkingLevel')?.toLowerCase()
  const isShown = booleanField(thinking, 'includeThoughts')
  const shown = isShown === undefined ? {} : { isShown }
  if (budgetTokens === 0) return { effort: 'none', ...shown }
  if (budgetTokens === -1) return { isAdaptive: true, ...shown }
  if (budgetTokens !== undefined) return { budgetTokens, ...shown }
  const effort = Object.entries(efforts).find(([name]) => name === level)?.[1]
  return effort === undefined ? shown : { effort, ...shown }
}

function withoutUndefined(fields: { readonly [Name in keyof ConfigFields]: ConfigFields[Name] | undefined }) {
  const result: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) result[name] = value
  return result as ConfigFields
}
