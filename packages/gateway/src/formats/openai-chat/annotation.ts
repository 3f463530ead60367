import type { Citation } from '../../neutral/content.ts'
import { objectField, textField } from '../../neutral/json-field.ts'
import { isJsonObject, type JsonObject } from '../parse-json.ts'

/** The `annotations` of a message or delta. */
export function readAnnotations(value: unknown): readonly Citation[] {
  return Array.isArray(value) ? value.filter(isJsonObject).map(readAnnotation) : []
}

function readAnnotation(value: JsonObject): Citation {
  const cited = objectField(value, 'url_citation') ?? value
  const start = cited['start_index']
  const end = cited['end_index']
  const url = textField(cited, 'url')
  const title = textField(cited, 'title')
  const quote = textField(cited, 'content')
  return {
    ...(typeof start === 'number' ? { start } : {}),
    ...(typeof end === 'number' ? { end } : {}),
    ...(url === undefined ? {} : { url }),
    ...(title === undefined ? {} : { title }),
    ...(quote === undefined ? {} : { quote }),
    raw: { format: 'openai-chat', value },
  }
}

/**
 * A citation for a client; `offset` is where the text it belongs to begins in the message. Undefined for a source
 * without address and title, of which clients could show nothing.
 */
export function writeAnnotation(citation: Citation, offset: number): JsonObject | undefined {
  if (citation.raw.format === 'openai-chat') return citation.raw.value
  const { start, end, url, title, quote } = citation
  if (url === undefined && title === undefined) return undefined
  return {
    type: 'url_citation',
    url_citation: {
      start_index: offset + (start ?? 0),
      end_index: offset + (end ?? 0),
      url: url ?? '',
      title: title ?? url ?? '',
      ...(quote === undefined ? {} : { content: quote }),
    },
  }
}
