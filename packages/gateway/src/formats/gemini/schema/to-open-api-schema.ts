import { isJsonObject, type JsonObject } from '../../parse-json.ts'

/** Keywords that both dialects have and that need no change. */
const plainKeywords = [
  'title',
  'description',
  'default',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'pattern',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'required',
  'propertyOrdering',
] as const

/** Other formats of texts are refused by the API. */
const formats = new Set(['date-time', 'float', 'double', 'int32', 'int64'])

/** Deeper schemas end in a plain object: the API refuses them anyway. */
const maxDepth = 24

/** References put in place can make a small schema endless; what is beyond this many becomes a plain object. */
const maxSchemas = 5000

type Scope = {
  readonly root: JsonObject
  readonly seen: ReadonlySet<string>
  readonly depth: number
  readonly count: { made: number }
}

/**
 * A JSON schema in Google's older subset of OpenAPI 3.0, for models that take no JSON schema: references are put in
 * place, `null` becomes `nullable`, `const` an `enum`, `oneOf` an `anyOf`; what has no counterpart (such as
 * `additionalProperties`) is left out. The input is not changed.
 */
export function toOpenApiSchema(schema: JsonObject): JsonObject {
  return convert(schema, { root: schema, seen: new Set(), depth: 0, count: { made: 0 } })
}

function convert(value: unknown, scope: Scope): JsonObject {
  const isTooMuch = scope.depth > maxDepth || ++scope.count.made > maxSchemas
  if (!isJsonObject(value) || isTooMuch) return { type: 'OBJECT' }
  const reference = value['$ref']
  if (typeof reference === 'string') return resolve(value, reference, scope)
  const inner = { ...scope, depth: scope.depth + 1 }
  const merged = Array.isArray(value['allOf']) ? mergeAll(value, value['allOf']) : value
  const types = typesOf(merged)
  const isNullable = types.includes('null') || merged['nullable'] === true
  const named = types.filter((type) => type !== 'null')
  const nullable = isNullable ? { nullable: true } : {}
  const choices = merged['anyOf'] ?? merged['oneOf']
  if (Array.isArray(choices)) return { ...convertChoices(choices, merged, inner), ...nullable }
  if (named.length > 1) {
    // The API wants `anyOf` alone in its schema, so what belongs to one type goes into its branch.
    return {
      anyOf: named.map((type) => convert({ ...merged, type, nullable: undefined }, inner)),
      ...nullable,
    }
  }
  return { ...convertPlain(merged, named[0], inner), ...nullable }
}

function resolve(value: JsonObject, reference: string, scope: Scope): JsonObject {
  const target = scope.seen.has(reference) ? undefined : find(scope.root, reference)
  if (target === undefined) return { type: 'OBJECT' }
  const seen = new Set(scope.seen).add(reference)
  const { $ref: _, ...beside } = value
  return convert({ ...target, ...beside }, { ...scope, seen, depth: scope.depth + 1 })
}

function find(root: JsonObject, reference: string): JsonObject | undefined {
  if (!reference.startsWith('#')) return undefined
  let found: unknown = root
  for (const step of reference.split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~')
    found = isJsonObject(found) ? found[name] : undefined
  }
  return isJsonObject(found) ? found : undefined
}

function typesOf({ type }: JsonObject): readonly string[] {
  if (typeof type === 'string') return [type]
  return Array.isArray(type) ? type.filter((name) => typeof name === 'string') : []
}

function mergeAll(schema: JsonObject, parts: readonly unknown[]): JsonObject {
  const { allOf: _, ...rest } = schema
  return [...parts.filter(isJsonObject), rest].reduce((merged, part) => ({
    ...merged,
    ...part,
    ...(isJsonObject(merged['properties']) && isJsonObject(part['properties'])
      ? { properties: { ...merged['properties'], ...part['properties'] } }
      : {}),
    ...(Array.isArray(merged['required']) && Array.isArray(part['required'])
      ? { required: [...merged['required'], ...part['required']] }
      : {}),
  }))
}

function convertChoices(choices: readonly unknown[], schema: JsonObject, scope: Scope): JsonObject {
  const isNull = (choice: unknown) => isJsonObject(choice) && choice['type'] === 'null'
  const named = choices.filter((choice) => !isNull(choice))
  const nullable = named.length < choices.length ? { nullable: true } : {}
  const description = typeof schema['description'] === 'string' ? { description: schema['description'] } : {}
  const [only] = named
  if (named.length === 1 && isJsonObject(only))
    return { ...convert({ ...description, ...only }, scope), ...nullable }
  return { anyOf: named.map((choice) => convert(choice, scope)), ...nullable }
}

function convertPlain(schema: JsonObject, named: string | undefined, scope: Scope): JsonObject {
  const result: Record<string, unknown> = {}
  const values = schema['const'] === undefined ? schema['enum'] : [schema['const']]
  const type = named ?? guessType(schema, values)
  result['type'] = type.toUpperCase()
  for (const keyword of plainKeywords) if (schema[keyword] !== undefined) result[keyword] = schema[keyword]
  const { format, properties, items } = schema
  if (typeof format === 'string' && formats.has(format)) result['format'] = format
  result['minimum'] ??= schema['exclusiveMinimum']
  result['maximum'] ??= schema['exclusiveMaximum']
  if (Array.isArray(values)) addEnum(result, values)
  if (isJsonObject(properties)) {
    const entries = Object.entries(properties)
    result['properties'] = Object.fromEntries(entries.map(([name, inner]) => [name, convert(inner, scope)]))
  }
  if (type.toLowerCase() === 'array') result['items'] = convert(items ?? {}, scope)
  for (const name in result) if (result[name] === undefined) delete result[name]
  return result
}

/** The subset knows lists of texts only; other values are told to the model in words. */
function addEnum(result: Record<string, unknown>, values: readonly unknown[]): void {
  const texts = values.filter((value) => typeof value === 'string')
  if (values.includes(null)) result['nullable'] = true
  if (result['type'] === 'STRING' && texts.length > 0) {
    result['format'] = 'enum'
    result['enum'] = texts
    return
  }
  const said = `One of: ${values.map((value) => JSON.stringify(value)).join(', ')}.`
  result['description'] =
    typeof result['description'] === 'string' ? `${result['description']} ${said}` : said
}

function guessType(schema: JsonObject, values: unknown): string {
  if (isJsonObject(schema['properties'])) return 'object'
  if (schema['items'] !== undefined) return 'array'
  const first: unknown = Array.isArray(values) ? values[0] : undefined
  if (typeof first === 'number' || typeof first === 'boolean') return typeof first
  return typeof first === 'string' || schema['pattern'] !== undefined ? 'string' : 'object'
}
