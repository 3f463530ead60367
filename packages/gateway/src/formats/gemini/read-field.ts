import { isJsonObject, type JsonObject } from '../parse-json.ts'

const snakeNames = new Map<string, string>()

/** A field under its JSON name or, as Google's APIs take it as well, under its snake_case name. */
export function field(object: JsonObject, name: string): unknown {
  const value = object[name]
  return value === undefined ? object[snakeName(name)] : value
}

/** The same name with underscores; kept for the few dozen names that the code asks for. */
export function snakeName(name: string): string {
  let snake = snakeNames.get(name)
  if (snake === undefined) {
    snake = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    snakeNames.set(name, snake)
  }
  return snake
}

export function textField(object: JsonObject, name: string): string | undefined {
  const value = field(object, name)
  return typeof value === 'string' ? value : undefined
}

/** 64-bit numbers are texts in Google's JSON. */
export function numberField(object: JsonObject, name: string): number | undefined {
  const value = field(object, name)
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || value.trim() === '') return undefined
  const number = Number(value)
  return Number.isFinite(number) ? number : undefined
}

export function booleanField(object: JsonObject, name: string): boolean | undefined {
  const value = field(object, name)
  return typeof value === 'boolean' ? value : undefined
}

export function objectField(object: JsonObject, name: string): JsonObject | undefined {
  const value = field(object, name)
  return isJsonObject(value) ? value : undefined
}

/** The objects of a list; a single object counts as a list of one. */
export function objectsField(object: JsonObject, name: string): readonly JsonObject[] {
  const value = field(object, name)
  if (Array.isArray(value)) return value.filter(isJsonObject)
  return isJsonObject(value) ? [value] : []
}

export function textsField(object: JsonObject, name: string): readonly string[] | undefined {
  const value = field(object, name)
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : undefined
}

/** A set of names in both spellings, to tell known fields from others. */
export function bothSpellings(...names: readonly string[]): ReadonlySet<string> {
  return new Set(names.flatMap((name) => [name, snakeName(name)]))
}
