import type { JsonObject } from '../../formats/parse-json.ts'

/** What a part or a tool of one format alone is called there: its type, or, as Gemini has none, the field that it is. */
export function typeOfOther(value: JsonObject): string {
  const { type } = value
  if (typeof type === 'string') return type
  const [first = 'other'] = Object.keys(value).filter((name) => !name.startsWith('thought'))
  return first
}
