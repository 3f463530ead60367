import {
  isJsonValue,
  isRecord,
  numberOf,
  propertiesOf,
  requiredOf,
  resolveSchema,
  schemasOf,
  textOf,
  typeOf,
} from './json-schema.ts'
import type { JsonSchema, JsonValue } from './json-schema.ts'
import { findItems, makeEvidence, type Evidence } from './evidence.ts'
import { fillBoolean, fillEnum } from './fill-choice.ts'
import { fillNumber } from './fill-number.ts'
import { fillString } from './fill-string.ts'

/** `text` is what values are taken from; `answer` goes where a property asks for the answer itself. */
export type FillSource = { readonly text: string; readonly answer: string }

type Filling = { readonly root: JsonSchema; readonly evidence: Evidence; readonly depth: number }

const deepest = 12

/**
 * Fills a JSON Schema from text, the same way every time: strings from labels and best sentences for the
 * property's name and description, numbers near those words, enums by word match, booleans from a matching
 * sentence without a negation. The result keeps every bound of the schema (types, required, enum, const,
 * lengths, ranges, item counts, formats); only a `pattern` that nothing in the text matches may be missed.
 */
export function fillSchema(schema: JsonSchema, source: FillSource): JsonValue {
  return fill(schema, [], { root: schema, evidence: makeEvidence(source), depth: 0 })
}

function fill(unresolved: JsonSchema, names: readonly string[], filling: Filling): JsonValue {
  const schema = resolveSchema(unresolved, filling.root)
  const { evidence } = filling
  const label = [...names.slice(-1), textOf(schema, 'title'), textOf(schema, 'description')].join(' ')
  if ('const' in schema && isJsonValue(schema['const'])) return schema['const']
  if (Array.isArray(schema['enum'])) return fillEnum(schema['enum'].filter(isJsonValue), label, evidence)
  switch (typeOf(schema)) {
    case 'object':
      return fillObject(schema, names, filling)
    case 'array':
      return fillArray(schema, names, filling)
    case 'number':
    case 'integer':
      return fillNumber(schema, label, evidence)
    case 'boolean':
      return fillBoolean(label, evidence)
    case 'null':
      return null
    default:
      return fillString(schema, names.at(-1) ?? '', evidence)
  }
}

function fillObject(schema: JsonSchema, names: readonly string[], filling: Filling): JsonValue {
  const required = new Set(requiredOf(schema))
  const result = new Map<string, JsonValue>()
  for (const [name, property] of propertiesOf(schema)) {
    // Recursive schemas would go on for ever if their optional parts were always filled.
    if (!required.has(name) && filling.depth >= 3) continue
    if (filling.depth >= deepest)
      throw new RangeError(`The schema requires "${name}" inside itself without end.`)
    result.set(name, fill(property, [...names, name], { ...filling, depth: filling.depth + 1 }))
  }
  for (const name of required) {
    const rest = schema['additionalProperties']
    if (result.has(name)) continue
    result.set(
      name,
      fill(isRecord(rest) ? rest : {}, [...names, name], { ...filling, depth: filling.depth + 1 }),
    )
  }
  return Object.fromEntries(result)
}

function fillArray(schema: JsonSchema, names: readonly string[], filling: Filling): JsonValue {
  const least = numberOf(schema, 'minItems') ?? 0
  const most = Math.max(least, Math.min(numberOf(schema, 'maxItems') ?? 20, 20))
  const prefix = schemasOf(schema, 'prefixItems')
  const itemSchema = isRecord(schema['items']) ? schema['items'] : {}
  const found = prefix.map((item) => fill(item, names, { ...filling, depth: filling.depth + 1 }))
  const sources =
    schema['items'] === false
      ? []
      : findItems(resolveSchema(itemSchema, filling.root), names.at(-1) ?? '', filling.evidence)
  const isUnique = schema['uniqueItems'] === true
  for (const source of sources) {
    if (found.length >= most || filling.depth >= deepest) break
    const evidence = makeEvidence({ text: source, answer: source })
    const value = fill(itemSchema, names, { ...filling, evidence, depth: filling.depth + 1 })
    if (!isUnique || !found.some((other) => JSON.stringify(other) === JSON.stringify(value)))
      found.push(value)
  }
  for (let number = 1; found.length < least; number++) {
    const evidence = makeEvidence({ text: `${number}`, answer: `${number}` })
    const value = fill(itemSchema, names, { ...filling, evidence, depth: filling.depth + 1 })
    if (isUnique && number <= 100 && found.some((other) => JSON.stringify(other) === JSON.stringify(value)))
      continue
    found.push(value)
  }
  return found.slice(0, Math.max(most, prefix.length))
}
