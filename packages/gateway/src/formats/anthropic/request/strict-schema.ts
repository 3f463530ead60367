import { isJsonObject, type JsonObject } from '../../parse-json.ts'

const passed = new Set(['$ref', 'type', 'enum', 'const', 'description', 'title', 'required'])
const formats = new Set([
  'date-time',
  'time',
  'date',
  'duration',
  'email',
  'hostname',
  'uri',
  'ipv4',
  'ipv6',
  'uuid',
])
const maps = new Set(['properties', '$defs', 'definitions'])

/**
 * A schema in the subset that Anthropic's structured outputs enforce: objects are closed, and what is not enforced
 * (lengths, ranges) moves into the description, where the model still reads it. The schema given is not changed.
 */
export function strictSchema(schema: JsonObject): JsonObject {
  const strict: Record<string, unknown> = {}
  const moved: string[] = []
  for (const [name, value] of Object.entries(schema)) {
    if (passed.has(name)) strict[name] = value
    else if (maps.has(name) && isJsonObject(value)) strict[name] = mapValues(value)
    else if (name === 'anyOf' || name === 'allOf') strict[name] = asSchemas(value)
    else if (name === 'oneOf') strict['anyOf'] = asSchemas(value)
    else if (name === 'items' && isJsonObject(value)) strict[name] = strictSchema(value)
    else if (name === 'format' && typeof value === 'string' && formats.has(value)) strict[name] = value
    else if (name === 'minItems' && (value === 0 || value === 1)) strict[name] = value
    else if (name !== '$schema' && name !== 'additionalProperties')
      moved.push(`${name}: ${JSON.stringify(value)}`)
  }
  if (strict['type'] === 'object' || strict['properties'] !== undefined)
    strict['additionalProperties'] = false
  if (moved.length > 0) {
    const before = typeof strict['description'] === 'string' ? `${strict['description']}\n\n` : ''
    strict['description'] = `${before}{${moved.join(', ')}}`
  }
  return strict
}

function mapValues(schemas: JsonObject): JsonObject {
  const mapped: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(schemas)) {
    // A property may be called like a member of every object; defining it keeps it an own field.
    Object.defineProperty(mapped, name, {
      value: isJsonObject(value) ? strictSchema(value) : value,
      enumerable: true,
      configurable: true,
      writable: true,
    })
  }
  return mapped
}

function asSchemas(value: unknown): unknown {
  return Array.isArray(value) ? value.map((item) => (isJsonObject(item) ? strictSchema(item) : item)) : value
}
