import { invalidField, quoteValue } from '../../neutral/errors/invalid-field.ts'
import type { NeutralRequest, OutputShape } from '../../neutral/neutral-request.ts'
import { textField } from '../../neutral/json-field.ts'
import { isJsonObject, type JsonObject } from '../parse-json.ts'
import { booleanOf, numberOf, objectOf, textOf } from './checked-field.ts'

export type RequestDraft = { -readonly [Name in keyof NeutralRequest]: NeutralRequest[Name] }

/** Names of the fields that {@link readParameters} reads. */
export const parameterNames = [
  'model',
  'stream',
  'temperature',
  'top_p',
  'parallel_tool_calls',
  'user',
  'metadata',
  'service_tier',
  'store',
] as const

/** Reads what both of OpenAI's formats call the same. */
export function readParameters(body: JsonObject, draft: RequestDraft): void {
  const temperature = numberOf(body, 'temperature')
  if (temperature !== undefined) draft.temperature = temperature
  const topP = numberOf(body, 'top_p')
  if (topP !== undefined) draft.topP = topP
  const parallel = booleanOf(body, 'parallel_tool_calls')
  if (parallel !== undefined) draft.parallelToolCalls = parallel
  const user = textOf(body, 'user')
  if (user !== undefined) draft.user = user
  const metadata = objectOf(body, 'metadata')
  if (metadata !== undefined) draft.metadata = metadata
  const tier = textOf(body, 'service_tier')
  if (tier !== undefined) draft.serviceTier = tier
  const store = booleanOf(body, 'store')
  if (store !== undefined) draft.store = store
}

/**
 * `response_format.json_schema`, or `text.format` of that type. Undefined for a type that only some servers have,
 * such as a grammar.
 */
export function readOutputShape(
  format: JsonObject,
  named: JsonObject,
  param: string,
): OutputShape | undefined {
  const { type } = format
  if (type === 'text') return { kind: 'text' }
  if (type === 'json_object') return { kind: 'json' }
  if (type !== 'json_schema') return undefined
  const { schema, strict } = named
  if (schema !== undefined && schema !== null && !isJsonObject(schema))
    throw invalidField(`${param}.schema`, `"${param}.schema" is ${quoteValue(schema)}; give a JSON schema.`)
  const description = textField(named, 'description')
  return {
    kind: 'json-schema',
    name: textField(named, 'name') ?? 'answer',
    schema: isJsonObject(schema) ? schema : {},
    ...(description === undefined ? {} : { description }),
    ...(typeof strict === 'boolean' ? { isStrict: strict } : {}),
  }
}
