import { isJsonObject, type JsonObject } from '../../parse-json.ts'
import { snakeName } from '../read-field.ts'

/** Google's names of keywords that JSON schema writes alike once they are in camelCase. */
const keywords = [
  'anyOf',
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'minProperties',
  'maxProperties',
  'additionalProperties',
  'propertyOrdering',
  'prefixItems',
] as const

const camelNames = new Map<string, string>(keywords.map((name) => [snakeName(name), name]))

const counts = new Set(['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties'])

/** Deeper schemas stay as they are: nobody writes them but to exhaust the stack. */
const maxDepth = 200

/**
 * JSON schema of a schema in Google's subset of OpenAPI 3.0: types in small letters, `nullable` as a type, counts as
 * numbers. A schema that already is JSON schema comes out equal. The input is not changed.
 */
export function toJsonSchema(schema: JsonObject): JsonObject {
  return convertObject(schema, 0)
}

function convertObject(schema: JsonObject, depth: number): JsonObject {
  const result: Record<string, unknown> = {}
  for (const name in schema) {
    const value = schema[name]
    if (name === 'nullable' || value === undefined) continue
    const keyword = camelNames.get(name) ?? name
    if (keyword === 'type') addType(result, value)
    else if (keyword === 'example') result['examples'] = [value]
    else if (keyword === 'format' && value === 'enum') continue
    else result[keyword] = convert(keyword, value, depth + 1)
  }
  return schema['nullable'] === true ? makeNullable(result) : result
}

function addType(result: Record<string, unknown>, type: unknown): void {
  if (typeof type !== 'string') result['type'] = type
  else if (type !== 'TYPE_UNSPECIFIED') result['type'] = type.toLowerCase()
}

function convert(keyword: string, value: unknown, depth: number): unknown {
  if (counts.has(keyword)) return typeof value === 'string' ? Number(value) : value
  if (keyword === 'properties' || keyword === '$defs') {
    if (!isJsonObject(value)) return value
    const entries = Object.entries(value)
    return Object.fromEntries(entries.map(([name, inner]) => [name, convertSchema(inner, depth)]))
  }
  if (keyword === 'items' || keyword === 'additionalProperties') return convertSchema(value, depth)
  if ((keyword === 'anyOf' || keyword === 'prefixItems') && Array.isArray(value))
    return value.map((inner) => convertSchema(inner, depth))
  return value
}

function convertSchema(value: unknown, depth: number): unknown {
  return isJsonObject(value) && depth < maxDepth ? convertObject(value, depth) : value
}

function makeNullable(schema: Record<string, unknown>): JsonObject {
  const type = schema['type']
  const values = schema['enum']
  const withNull = Array.isArray(values) && !values.includes(null) ? { enum: [...values, null] } : {}
  if (typeof type === 'string') return { ...schema, ...withNull, type: [type, 'null'] }
  const choices = schema['anyOf']
  return Array.isArray(choices) ? { ...schema, anyOf: [...choices, { type: 'null' }] } : schema
}
