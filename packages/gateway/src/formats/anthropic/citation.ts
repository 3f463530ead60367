import type { Citation } from '../../neutral/content.ts'
import { textField } from '../../neutral/json-field.ts'
import type { JsonObject } from '../parse-json.ts'

/** Anthropic cites for a whole text block, so the citation covers the block's text. */
export function readCitation(value: JsonObject, textLength: number): Citation {
  const url = textField(value, 'url') ?? textField(value, 'source')
  const title = textField(value, 'title') ?? textField(value, 'document_title')
  const quote = textField(value, 'cited_text')
  return {
    start: 0,
    end: textLength,
    ...(url === undefined ? {} : { url }),
    ...(title === undefined ? {} : { title }),
    ...(quote === undefined ? {} : { quote }),
    raw: { format: 'anthropic', value },
  }
}

/** For a client; citations of other formats look like those of a web search, the only ones with an address. */
export function writeCitation(citation: Citation): JsonObject {
  if (citation.raw.format === 'anthropic') return citation.raw.value
  return {
    type: 'web_search_result_location',
    url: citation.url ?? '',
    title: citation.title ?? null,
    cited_text: citation.quote ?? '',
    encrypted_index: '',
  }
}

/** True for a citation that Anthropic made, and so takes back. */
export function isOwnCitation(citation: Citation): boolean {
  return citation.raw.format === 'anthropic' && citation.raw.value['encrypted_index'] !== ''
}
