import { AppError } from '@ratchet/contract'
import type { OutputSpec } from '../apps/file-schemas.ts'

type Outputs = Readonly<Record<string, OutputSpec>>

const schemaTypes = {
  string: 'string',
  int: 'integer',
  double: 'number',
  bool: 'boolean',
  list: 'array',
  object: 'object',
} as const

/** The `response_format` that asks for an object with these fields, by JSON schema. */
export function responseFormatOf(name: string, outputs: Outputs): Record<string, unknown> {
  const properties = Object.fromEntries(Object.entries(outputs).map(([key, spec]) => [key, schemaOf(spec)]))
  // Strict mode of providers refuses lists and objects whose inside is not described.
  const strict = Object.values(outputs).every(
    (spec) => spec.type !== 'object' && (spec.type !== 'list' || spec.items),
  )
  return {
    type: 'json_schema',
    json_schema: {
      name: name.replace(/[^A-Za-z0-9_-]+/g, '_').slice(0, 64) || 'answer',
      strict,
      schema: { type: 'object', properties, required: Object.keys(outputs), additionalProperties: false },
    },
  }
}

function schemaOf(spec: OutputSpec): Record<string, unknown> {
  return {
    type: schemaTypes[spec.type],
    ...(spec.description !== undefined && { description: spec.description }),
    ...(spec.enum && { enum: spec.enum }),
    ...(spec.type === 'list' && { items: spec.items ?? {} }),
  }
}

/** Reads the declared fields from a model's answer. Throws `provider_error` when it is not such JSON. */
export function readJsonAnswer(text: string, outputs: Outputs, file: string): Record<string, unknown> {
  const value = parseObject(text)
  const missing = Object.keys(outputs).filter((key) => value === undefined || !Object.hasOwn(value, key))
  if (value !== undefined && missing.length === 0) {
    return Object.fromEntries(Object.keys(outputs).map((key) => [key, value[key]]))
  }
  const problem =
    value === undefined ? 'is not a JSON object' : `lacks ${missing.map((key) => `"${key}"`).join(', ')}`
  throw new AppError('provider_error', {
    message: `The answer to ${file} ${problem}: "${text.slice(0, 120)}". Use a model that follows JSON schemas, or retry.`,
    details: { file, missing },
  })
}

/** Models often put a code fence around JSON that was asked for plainly. */
function parseObject(text: string): Record<string, unknown> | undefined {
  const inner = /^\s*```(?:json)?\s*\n([\s\S]*?)\n?\s*```\s*$/.exec(text)?.[1] ?? text
  try {
    const value: unknown = JSON.parse(inner)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Record<string, unknown>) : undefined
  } catch {
    // Text that is no JSON is what the caller reports.
    return undefined
  }
}
