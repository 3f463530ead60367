import type { ContentPart, MediaPart, MediaSource, TextPart } from '../../../neutral/content.ts'
import { parseDataUrl } from '../../../neutral/media/data-url.ts'
import { invalidField, quoteValue } from '../../../neutral/errors/invalid-field.ts'
import { objectField, otherFields, textField } from '../../../neutral/json-field.ts'
import { audioMediaType } from '../../openai/audio-format.ts'
import { readCacheMark } from '../../openai/cache-mark.ts'
import { isJsonObject, type JsonObject } from '../../parse-json.ts'
import { readAnnotations } from '../annotation.ts'

const textNames = new Set(['type', 'text', 'annotations', 'cache_control'])
const mediaNames = new Set([
  'type',
  'image_url',
  'file_id',
  'file_data',
  'file_url',
  'filename',
  'input_audio',
  'cache_control',
])
const imageNames = new Set([...mediaNames, 'detail'])

/** `content` of an item, or the output of a tool. An empty text is no part. */
export function readContent(content: unknown, param: string): readonly ContentPart[] {
  if (content === undefined || content === null || content === '') return []
  if (typeof content === 'string') return [{ kind: 'text', text: content }]
  if (!Array.isArray(content))
    throw invalidField(param, `"${param}" is ${quoteValue(content)}; give a text or a list of parts.`)
  return content.map((part, index) => readPart(part, `${param}[${index}]`))
}

function readPart(part: unknown, param: string): ContentPart {
  if (!isJsonObject(part))
    throw invalidField(param, `"${param}" is ${quoteValue(part)}; a part is an object.`)
  switch (part['type']) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return readText(part, param)
    case 'refusal':
      return { kind: 'refusal', text: requiredText(part, 'refusal', param) }
    case 'input_image':
      return finish(part, readImage(part, param), imageNames)
    case 'input_file':
      return finish(part, readFile(part, param), mediaNames)
    case 'input_audio':
      return finish(part, readAudio(part, param), mediaNames)
    default:
      if (typeof part['type'] !== 'string')
        throw invalidField(
          `${param}.type`,
          `"${param}" has no "type", such as "input_text" or "input_image".`,
        )
      return { kind: 'other', format: 'openai-responses', value: part }
  }
}

function readText(part: JsonObject, param: string): TextPart {
  const cache = readCacheMark(part)
  const citations = readAnnotations(part['annotations'])
  const extra = otherFields(part, textNames)
  return {
    kind: 'text',
    text: requiredText(part, 'text', param),
    ...(cache === undefined ? {} : { cache }),
    ...(citations.length === 0 ? {} : { citations }),
    ...(extra === undefined ? {} : { extra }),
  }
}

function finish(part: JsonObject, found: MediaPart, names: ReadonlySet<string>): MediaPart {
  const cache = readCacheMark(part)
  const extra = otherFields(part, names)
  return {
    ...found,
    ...(cache === undefined ? {} : { cache }),
    ...(extra === undefined ? {} : { extra }),
  }
}

function readImage(part: JsonObject, param: string): MediaPart {
  const source = sourceOf(part, ['image_url'])
  if (source === undefined)
    throw invalidField(param, `"${param}" has neither "image_url" nor "file_id"; give one of them.`)
  const detail = textField(part, 'detail')
  return { kind: 'image', source, ...(detail === undefined ? {} : { detail }) }
}

function readFile(part: JsonObject, param: string): MediaPart {
  const source = sourceOf(part, ['file_data', 'file_url'])
  if (source === undefined)
    throw invalidField(
      param,
      `"${param}" has none of "file_data", "file_url" and "file_id"; give one of them.`,
    )
  const name = textField(part, 'filename')
  return { kind: 'file', source, ...(name === undefined ? {} : { name }) }
}

function sourceOf(part: JsonObject, names: readonly string[]): MediaSource | undefined {
  for (const name of names) {
    const text = textField(part, name) ?? textField(objectField(part, name) ?? {}, 'url')
    if (text === undefined || text === '') continue
    const data = parseDataUrl(text)
    if (data !== undefined) return { kind: 'base64', ...data }
    if (/^https?:/.test(text)) return { kind: 'url', url: text }
    // OpenAI takes base64 without a prefix for PDF files.
    return name === 'file_data'
      ? { kind: 'base64', mediaType: 'application/pdf', data: text }
      : { kind: 'url', url: text }
  }
  const id = textField(part, 'file_id')
  return id === undefined ? undefined : { kind: 'file-id', id, format: 'openai-responses' }
}

function readAudio(part: JsonObject, param: string): MediaPart {
  const audio = objectField(part, 'input_audio')
  const data = audio === undefined ? undefined : textField(audio, 'data')
  if (audio === undefined || data === undefined)
    throw invalidField(`${param}.input_audio.data`, `"${param}.input_audio" has no "data"; give base64.`)
  const mediaType = audioMediaType(textField(audio, 'format') ?? 'wav')
  return { kind: 'audio', source: { kind: 'base64', mediaType, data } }
}

function requiredText(part: JsonObject, name: string, param: string): string {
  const text = part[name]
  if (typeof text === 'string') return text
  throw invalidField(`${param}.${name}`, `"${param}.${name}" is ${quoteValue(text)}; give a text.`)
}
