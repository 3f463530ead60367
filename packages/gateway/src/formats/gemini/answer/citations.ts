import type { Citation } from '../../../neutral/content.ts'
import type { JsonObject } from '../../parse-json.ts'
import { field, numberField, objectField, objectsField, textField } from '../read-field.ts'

/** A text part of a candidate: its number among Gemini's parts and its text. */
export type CitedText = { readonly at: number; readonly text: string }

export type FoundCitation = { readonly at: number; readonly citation: Citation }

/** Citations of `groundingMetadata` and `citationMetadata`, each with the text part that it belongs to. */
export function readCitations(candidate: JsonObject, texts: readonly CitedText[]): readonly FoundCitation[] {
  const grounding = objectField(candidate, 'groundingMetadata')
  const metadata = objectField(candidate, 'citationMetadata')
  if ((grounding === undefined && metadata === undefined) || texts.length === 0) return []
  return [
    ...(grounding === undefined ? [] : readGrounding(grounding, texts)),
    ...(metadata === undefined ? [] : readSources(metadata, texts)),
  ]
}

function readGrounding(grounding: JsonObject, texts: readonly CitedText[]): readonly FoundCitation[] {
  const chunks = objectsField(grounding, 'groundingChunks')
  return objectsField(grounding, 'groundingSupports').flatMap((support) => {
    const segment = objectField(support, 'segment') ?? {}
    const numbers = field(support, 'groundingChunkIndices')
    const text = pickText(texts, numberField(segment, 'partIndex') ?? 0)
    const quote = textField(segment, 'text')
    const place = { ...readRange(segment, text.text), ...(quote === undefined ? {} : { quote }) }
    return (Array.isArray(numbers) ? numbers : []).map((number: unknown) => ({
      at: text.at,
      citation: {
        ...place,
        ...readSource(typeof number === 'number' ? chunks[number] : undefined),
        raw: { format: 'gemini' as const, value: support },
      },
    }))
  })
}

function readSources(metadata: JsonObject, texts: readonly CitedText[]): readonly FoundCitation[] {
  const sources = [...objectsField(metadata, 'citations'), ...objectsField(metadata, 'citationSources')]
  const text = pickText(texts, 0)
  return sources.map((source) => ({
    at: text.at,
    citation: {
      ...readRange(source, text.text),
      ...readAddress(source),
      raw: { format: 'gemini' as const, value: source },
    },
  }))
}

/** Numbers of parts count thoughts in some answers and not in others, so the first text is the safe guess. */
function pickText(texts: readonly CitedText[], partIndex: number): CitedText {
  return texts.find(({ at }) => at === partIndex) ?? texts[0] ?? { at: 0, text: '' }
}

function readSource(chunk: JsonObject | undefined): Pick<Citation, 'url' | 'title'> {
  if (chunk === undefined) return {}
  for (const kind of ['web', 'retrievedContext', 'maps', 'image']) {
    const source = objectField(chunk, kind)
    if (source !== undefined) return readAddress(source)
  }
  return {}
}

function readAddress(source: JsonObject): Pick<Citation, 'url' | 'title'> {
  const url = textField(source, 'uri') ?? textField(source, 'sourceUri')
  const title = textField(source, 'title')
  return { ...(url === undefined ? {} : { url }), ...(title === undefined ? {} : { title }) }
}

/** Gemini counts bytes of UTF-8, we count UTF-16 units; a start of 0 is left out on the wire. */
function readRange(segment: JsonObject, text: string): Pick<Citation, 'start' | 'end'> {
  const end = numberField(segment, 'endIndex')
  if (end === undefined) return {}
  const start = numberField(segment, 'startIndex') ?? 0
  if (Buffer.byteLength(text) === text.length) return { start, end }
  const bytes = Buffer.from(text)
  return { start: unitsBefore(bytes, start), end: unitsBefore(bytes, end) }
}

function unitsBefore(bytes: Buffer, offset: number): number {
  return bytes.toString('utf8', 0, offset).length
}

/** Citations of other providers as `groundingMetadata`; undefined when there are none. */
export function writeGrounding(
  texts: readonly CitedText[],
  found: readonly FoundCitation[],
): JsonObject | undefined {
  if (found.length === 0) return undefined
  const chunkNumbers = new Map<string, number>()
  const chunks: JsonObject[] = []
  const supports = found.map(({ at, citation }) => {
    const { url, title = url } = citation
    const key = `${url} ${title}`
    let number = chunkNumbers.get(key)
    if (number === undefined) {
      number = chunks.push({ web: { uri: url, title } }) - 1
      chunkNumbers.set(key, number)
    }
    const text = texts.find((candidate) => candidate.at === at)?.text ?? ''
    return { segment: writeSegment(citation, text), groundingChunkIndices: [number] }
  })
  return { groundingChunks: chunks, groundingSupports: supports }
}

function writeSegment({ start, end, quote }: Citation, text: string): JsonObject {
  if (end === undefined) return quote === undefined ? {} : { text: quote }
  return {
    startIndex: Buffer.byteLength(text.slice(0, start ?? 0)),
    endIndex: Buffer.byteLength(text.slice(0, end)),
    text: text.slice(start ?? 0, end) || quote,
  }
}
