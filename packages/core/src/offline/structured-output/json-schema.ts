/** A JSON Schema as it arrives: any object. Keywords are read with the functions below. */
export type JsonSchema = Readonly<Record<string, unknown>>

export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue }

/** True for plain objects, which includes every JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isJsonValue(value: unknown): value is JsonValue {
  if (value === null || ['boolean', 'number', 'string'].includes(typeof value)) return true
  return Array.isArray(value)
    ? value.every(isJsonValue)
    : isRecord(value) && Object.values(value).every(isJsonValue)
}

/** The number under a keyword, or undefined. */
export function numberOf(schema: JsonSchema, keyword: string): number | undefined {
  const value = schema[keyword]
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** The text under a keyword, or an empty string. */
export function textOf(schema: JsonSchema, keyword: string): string {
  const value = schema[keyword]
  return typeof value === 'string' ? value : ''
}

/** The schemas under a keyword that holds a list of them. */
export function schemasOf(schema: JsonSchema, keyword: string): JsonSchema[] {
  const value = schema[keyword]
  return Array.isArray(value) ? value.filter(isRecord) : []
}

/** Named schemas under `properties`, in order. */
export function propertiesOf(schema: JsonSchema): [string, JsonSchema][] {
  const value = schema['properties']
  if (!isRecord(value)) return []
  return Object.entries(value).map(([name, property]) => [name, isRecord(property) ? property : {}])
}

export function requiredOf(schema: JsonSchema): string[] {
  const value = schema['required']
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : []
}

/** Follows `$ref` into the root, merges `allOf`, and takes the first alternative that is not null. */
export function resolveSchema(schema: JsonSchema, root: JsonSchema, depth = 0): JsonSchema {
  if (depth > 32) return {}
  const reference = schema['$ref']
  if (typeof reference === 'string') {
    const target = followPointer(root, reference)
    const { $ref: _, ...rest } = schema
    return target ? resolveSchema({ ...target, ...rest }, root, depth + 1) : rest
  }
  const all = schemasOf(schema, 'allOf')
  if (all.length > 0) {
    const { allOf: _, ...rest } = schema
    const merged = all.reduce((sum, part) => mergeSchemas(sum, resolveSchema(part, root, depth + 1)), rest)
    return resolveSchema(merged, root, depth + 1)
  }
  for (const keyword of ['anyOf', 'oneOf']) {
    const options = schemasOf(schema, keyword).map((option) => resolveSchema(option, root, depth + 1))
    const chosen = options.find((option) => option['type'] !== 'null') ?? options[0]
    if (chosen) {
      const { [keyword]: _, ...rest } = schema
      return resolveSchema(mergeSchemas(rest, chosen), root, depth + 1)
    }
  }
  return schema
}

/** The type to produce: the declared one, the first that is not null, or one guessed from other keywords. */
export function typeOf(schema: JsonSchema): string {
  const declared = schema['type']
  if (typeof declared === 'string') return declared
  if (Array.isArray(declared)) {
    const first: unknown = declared.find((type) => type !== 'null') ?? declared[0]
    if (typeof first === 'string') return first
  }
  if ('properties' in schema || 'required' in schema) return 'object'
  if ('items' in schema || 'prefixItems' in schema) return 'array'
  if ('minimum' in schema || 'maximum' in schema) return 'number'
  return 'string'
}

function mergeSchemas(first: JsonSchema, second: JsonSchema): JsonSchema {
  const merged: Record<string, unknown> = { ...first, ...second }
  if (isRecord(first['properties']) && isRecord(second['properties'])) {
    merged['properties'] = { ...first['properties'], ...second['properties'] }
  }
  const required = new Set([...requiredOf(first), ...requiredOf(second)])
  if (required.size > 0) merged['required'] = [...required]
  return merged
}

function followPointer(root: JsonSchema, reference: string): JsonSchema | undefined {
  if (!reference.startsWith('#')) return undefined
  let place: unknown = root
  for (const part of reference.slice(1).split('/').filter(Boolean)) {
    const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')
    place = isRecord(place) ? place[key] : Array.isArray(place) ? place[Number(key)] : undefined
  }
  return isRecord(place) ? place : undefined
}
