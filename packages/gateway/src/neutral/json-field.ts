import { isJsonObject, type JsonObject } from '../formats/parse-json.ts'

/** The field when it is a text. */
export function textField(object: JsonObject, name: string): string | undefined {
  const value = object[name]
  return typeof value === 'string' ? value : undefined
}

/** What no call can use; the columns of the store end there too. */
const mostCounted = 2 ** 32

/** The field when it is a number that counts something: from 0, and not absurd, else undefined. */
export function countField(object: JsonObject, name: string): number | undefined {
  const value = object[name]
  return typeof value === 'number' && value >= 0 && value < mostCounted - 1 ? Math.round(value) : undefined
}

/** The field when it is an object. */
export function objectField(object: JsonObject, name: string): JsonObject | undefined {
  const value = object[name]
  return isJsonObject(value) ? value : undefined
}

/** The objects of a list; empty when the field is no list. */
export function objectsField(object: JsonObject, name: string): readonly JsonObject[] {
  const value = object[name]
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}

/** The fields that are not among the known ones; undefined when there are none. */
export function otherFields(object: JsonObject, known: ReadonlySet<string>): JsonObject | undefined {
  let rest: Record<string, unknown> | undefined
  for (const name in object) {
    if (known.has(name) || object[name] === undefined) continue
    rest ??= {}
    rest[name] = object[name]
  }
  return rest
}
