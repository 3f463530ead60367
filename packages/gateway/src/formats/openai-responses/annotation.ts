import type { Citation } from '../../neutral/content.ts'
import { objectField, textField } from '../../neutral/json-field.ts'
import { isJsonObject, type JsonObject } from '../parse-json.ts'

/** The `annotations` of a text. */
export function readAnnotations(value: unknown): readonly Citation[] {
  return Array.isArray(value) ? value.filter(isJsonObject).map(readAnnotation) : []
}

/** A cited address, or a file, of which other formats get the name. */
export function readAnnotation(value: JsonObject): Citation {
  const start = value['start_index']
  const end = value['end_index']
  const url = textField(value, 'url')
  const title = textField(value, 'title') ?? textField(value, 'filename')
  return {
    ...(typeof start === 'number' ? { start } : {}),
    ...(typeof end === 'number' ? { end } : {}),
    ...(url === undefined ? {} : { url }),
    ...(title === undefined ? {} : { title }),
    raw: { format: 'openai-responses', value },
  }
}

/** Undefined for a source without address and title, of which clients could show nothing. */
export function writeAnnotation({ raw, start, end, url, title }: Citation): JsonObject | undefined {
  if (raw.format === 'openai-responses') return raw.value
  const nested = raw.format === 'openai-chat' ? objectField(raw.value, 'url_citation') : undefined
  if (nested !== undefined) return { type: 'url_citation', ...nested }
  if (url === undefined && title === undefined) return undefined
  return {
    type: 'url_citation',
    start_index: start ?? 0,
    end_index: end ?? 0,
    url: url ?? '',
    title: title ?? url ?? '',
  }
}
