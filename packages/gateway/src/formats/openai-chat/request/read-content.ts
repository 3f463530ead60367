import type { ContentPart, MediaPart, MediaSource, TextPart } from '../../../neutral/content.ts'
import { parseDataUrl } from '../../../neutral/media/data-url.ts'
import { invalidField, quoteValue } from '../../../neutral/errors/invalid-field.ts'
import { otherFields, textField } from '../../../neutral/json-field.ts'
import { audioMediaType } from '../../openai/audio-format.ts'
import { readCacheMark } from '../../openai/cache-mark.ts'
import { isJsonObject, type JsonObject } from '../../parse-json.ts'

const textNames = new Set(['type', 'text', 'cache_control'])
const mediaNames = new Set(['type', 'image_url', 'video_url', 'input_audio', 'file', 'cache_control'])

/** `content` of a message: a text, or a list of parts. An empty text is no part. */
export function readContent(content: unknown, param: string): readonly ContentPart[] {
  if (content === undefined || content === null || content === '') return []
  if (typeof content === 'string') return [{ kind: 'text', text: content }]
  if (!Array.isArray(content))
    throw invalidField(param, `"${param}" is ${quoteValue(content)}; give a text or a list of parts.`)
  return content.map((part, index) => readPart(part, `${param}[${index}]`))
}

function readPart(part: unknown, param: string): ContentPart {
  if (typeof part === 'string') return { kind: 'text', text: part }
  if (!isJsonObject(part))
    throw invalidField(param, `"${param}" is ${quoteValue(part)}; a part is an object.`)
  switch (part['type']) {
    case 'text':
      return readText(part, param)
    case 'refusal':
      return { kind: 'refusal', text: requiredText(part, 'refusal', param) }
    case 'image_url':
      return media(part, readImage(part, param))
    case 'video_url':
      return media(part, { kind: 'video', source: urlSource(part, 'video_url', param) })
    case 'input_audio':
      return media(part, readAudio(part, param))
    case 'file':
      return media(part, readFile(part, param))
    default:
      if (typeof part['type'] !== 'string')
        throw invalidField(`${param}.type`, `"${param}" has no "type", such as "text" or "image_url".`)
      return { kind: 'other', format: 'openai-chat', value: part }
  }
}

function readText(part: JsonObject, param: string): TextPart {
  const cache = readCacheMark(part)
  const extra = otherFields(part, textNames)
  return {
    kind: 'text',
    text: requiredText(part, 'text', param),
    ...(cache === undefined ? {} : { cache }),
    ...(extra === undefined ? {} : { extra }),
  }
}

function media(part: JsonObject, found: MediaPart): MediaPart {
  const cache = readCacheMark(part)
  const extra = otherFields(part, mediaNames)
  if (cache === undefined && extra === undefined) return found
  return {
    ...found,
    ...(cache === undefined ? {} : { cache }),
    ...(extra === undefined ? {} : { extra }),
  }
}

function readImage(part: JsonObject, param: string): MediaPart {
  const image = part['image_url']
  const detail = isJsonObject(image) ? textField(image, 'detail') : undefined
  const source = urlSource(part, 'image_url', param)
  return { kind: 'image', source, ...(detail === undefined ? {} : { detail }) }
}

/** `{ url }`, or the URL itself, which Mistral's clients send. */
function urlSource(part: JsonObject, name: string, param: string): MediaSource {
  const value = part[name]
  const url = isJsonObject(value) ? value['url'] : value
  if (typeof url !== 'string' || url === '')
    throw invalidField(
      `${param}.${name}.url`,
      `"${param}.${name}" has no "url"; give an address or a data URL.`,
    )
  return readUrl(url)
}

function readUrl(url: string): MediaSource {
  const data = parseDataUrl(url)
  return data === undefined ? { kind: 'url', url } : { kind: 'base64', ...data }
}

function readAudio(part: JsonObject, param: string): MediaPart {
  const audio = part['input_audio']
  const data = isJsonObject(audio) ? textField(audio, 'data') : undefined
  if (!isJsonObject(audio) || data === undefined)
    throw invalidField(`${param}.input_audio.data`, `"${param}.input_audio" has no "data"; give base64.`)
  const inUrl = parseDataUrl(data)
  if (inUrl !== undefined) return { kind: 'audio', source: { kind: 'base64', ...inUrl } }
  const mediaType = audioMediaType(textField(audio, 'format') ?? 'wav')
  return { kind: 'audio', source: { kind: 'base64', mediaType, data } }
}

function readFile(part: JsonObject, param: string): MediaPart {
  const { file } = part
  const source = isJsonObject(file) ? fileSource(file) : undefined
  if (!isJsonObject(file) || source === undefined)
    throw invalidField(`${param}.file`, `"${param}.file" has neither "file_data" nor "file_id".`)
  const name = textField(file, 'filename')
  return { kind: 'file', source, ...(name === undefined ? {} : { name }) }
}

function fileSource(file: JsonObject): MediaSource | undefined {
  const data = textField(file, 'file_data')
  if (data !== undefined) {
    if (/^https?:/.test(data)) return { kind: 'url', url: data }
    const inUrl = parseDataUrl(data)
    // OpenAI takes base64 without a prefix for PDF files.
    return { kind: 'base64', ...(inUrl ?? { mediaType: 'application/pdf', data }) }
  }
  const id = textField(file, 'file_id')
  return id === undefined ? undefined : { kind: 'file-id', id, format: 'openai-chat' }
}

function requiredText(part: JsonObject, name: string, param: string): string {
  const text = part[name]
  if (typeof text === 'string') return text
  throw invalidField(`${param}.${name}`, `"${param}.${name}" is ${quoteValue(text)}; give a text.`)
}
