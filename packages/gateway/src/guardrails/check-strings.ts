import { isJsonObject, type JsonObject } from '../formats/parse-json.ts'
import type { TextForm } from './check-text.ts'

/** Gives what stands in place of a text: the same one when nothing was taken out. */
export type Check = (text: string, form?: TextForm) => string

// What providers compare or prove, and keys that a tool of the provider needs: changed, they would be of no use.
const opaque =
  /^(?:id|type|role|name|status|format|model|container|signature|thoughtSignature|encrypted\w*|cache_control|detail|(?:mime|media)_?type|mimeType|authorization\w*|headers|\w*(?:_id|Id|url|Url|uri|Uri))$/

/** Checks every text within a value whose fields only its own format knows; the same value when nothing changed. */
export function checkStrings<Value>(value: Value, check: Check): Value
export function checkStrings(value: unknown, check: Check): unknown {
  return mapStrings(value, (text, key) =>
    isOpaque(text, key) ? text : check(text, key === 'arguments' ? 'json' : 'aside'),
  )
}

function isOpaque(text: string, key: string): boolean {
  if (opaque.test(key)) return true
  return /^(?:data|file_data)$/.test(key) && /^(?:data:[^,]*,)?[\w+/=-]*$/.test(text)
}

const settings: ReadonlySet<string> = new Set([
  'user',
  'metadata',
  'safety_identifier',
  'prompt_cache_key',
  'labels',
])

/** The same for fields of a whole request. Names of callers and choices in a word are no content. */
export function checkFields(fields: JsonObject, check: Check): JsonObject {
  return mapStrings(fields, (text, key, top) =>
    isOpaque(text, key) || settings.has(top) || /^[a-z0-9_.-]{1,24}$/.test(text)
      ? text
      : check(text, 'aside'),
  )
}

const described: ReadonlySet<string> = new Set([
  'description',
  'title',
  'examples',
  'default',
  'enum',
  'const',
])

/** What a JSON schema says to who reads it, and not what it demands. */
export function checkSchema(schema: JsonObject, check: Check): JsonObject {
  return mapStrings(schema, (text, key) => (described.has(key) ? check(text, 'aside') : text))
}

type Change = (text: string, key: string, top: string) => string

/** Texts of lists have the key of their list. */
function mapStrings<Value>(value: Value, change: Change, key?: string, top?: string): Value
function mapStrings(value: unknown, change: Change, key = '', top = ''): unknown {
  if (typeof value === 'string') return change(value, key, top)
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => mapStrings(item, change, key, top))
    return items.some((item, index) => item !== value[index]) ? items : value
  }
  if (!isJsonObject(value)) return value
  let changed: Record<string, unknown> | undefined
  for (const [name, inner] of Object.entries(value)) {
    const mapped: unknown = mapStrings(inner, change, name, top === '' ? name : top)
    if (mapped !== inner) (changed ??= { ...value })[name] = mapped
  }
  return changed ?? value
}
