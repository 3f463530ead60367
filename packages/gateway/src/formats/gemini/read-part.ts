import { otherFields } from '../../neutral/json-field.ts'
import { unpackProof } from '../../neutral/proof.ts'
import type {
  ContentPart,
  MediaPart,
  MediaSource,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from '../../neutral/content.ts'
import type { JsonObject } from '../parse-json.ts'
import type { CallIds } from './call-ids.ts'
import { bothSpellings, field, objectField, objectsField, textField } from './read-field.ts'

const textNames = bothSpellings('text', 'thought', 'thoughtSignature')
const resultNames = bothSpellings('id', 'name', 'response', 'parts')
const mediaNames = bothSpellings('inlineData', 'fileData', 'thought', 'thoughtSignature')

/** One part of a content, of a request or an answer. What only Gemini has becomes an `other` part. */
export function readPart(part: JsonObject, ids: CallIds): ContentPart {
  const text = part['text']
  const isThought = part['thought'] === true
  if (typeof text === 'string') return isThought ? readThought(part, text) : readText(part, text)
  const call = objectField(part, 'functionCall')
  if (call !== undefined) return readCall(part, call, ids)
  const media = isThought ? undefined : readMedia(part)
  return media ?? { kind: 'other', format: 'gemini', value: part }
}

/** Result of a call; the caller knows the id when the part has none. */
export function readToolResult(response: JsonObject, callId: string): ToolResultPart {
  const name = textField(response, 'name')
  const value = objectField(response, 'response') ?? {}
  const media = objectsField(response, 'parts').flatMap((part) => readMedia(part) ?? [])
  const error = soleText(value, 'error')
  const text = error ?? soleText(value, 'output') ?? JSON.stringify(value)
  const extra = otherFields(response, resultNames)
  return {
    kind: 'tool-result',
    callId,
    ...(name === undefined ? {} : { name }),
    content: [{ kind: 'text', text }, ...media],
    isError: error !== undefined,
    ...(extra === undefined ? {} : { extra }),
  }
}

/** The text of an object that has this field alone: Google's way to say "output" or "error" of a tool. */
function soleText(value: JsonObject, name: string): string | undefined {
  const text = value[name]
  return typeof text === 'string' && Object.keys(value).length === 1 ? text : undefined
}

function readText(part: JsonObject, text: string): TextPart {
  const signature = textField(part, 'thoughtSignature')
  const extra = otherFields(part, textNames)
  return {
    kind: 'text',
    text,
    ...(signature === undefined ? {} : { signature }),
    ...(extra === undefined ? {} : { extra }),
  }
}

function readThought(part: JsonObject, text: string): ReasoningPart {
  const signature = textField(part, 'thoughtSignature')
  if (signature === undefined) return { kind: 'reasoning', text, from: 'gemini' }
  return { kind: 'reasoning', text, ...(unpackProof(signature) ?? { from: 'gemini', signature }) }
}

function readCall(part: JsonObject, call: JsonObject, ids: CallIds): ToolCallPart {
  const signature = textField(part, 'thoughtSignature')
  const args = field(call, 'args')
  const id = textField(call, 'id')
  return {
    kind: 'tool-call',
    id: id === undefined || id === '' ? ids.next() : id,
    name: textField(call, 'name') ?? '',
    arguments: args === undefined || args === null ? '{}' : JSON.stringify(args),
    ...(signature === undefined ? {} : { signature, from: 'gemini' }),
  }
}

function readMedia(part: JsonObject): MediaPart | undefined {
  const inline = objectField(part, 'inlineData')
  const file = inline === undefined ? objectField(part, 'fileData') : undefined
  const holder = inline ?? file
  const source = inline === undefined ? (file === undefined ? undefined : readFile(file)) : readInline(inline)
  if (holder === undefined || source === undefined) return undefined
  const name = textField(holder, 'displayName')
  const signature = textField(part, 'thoughtSignature')
  const extra = otherFields(part, mediaNames)
  return {
    kind: mediaKind(textField(holder, 'mimeType') ?? ''),
    source,
    ...(name === undefined ? {} : { name }),
    ...(signature === undefined ? {} : { signature }),
    ...(extra === undefined ? {} : { extra }),
  }
}

function readInline(inline: JsonObject): MediaSource | undefined {
  const data = textField(inline, 'data')
  const mediaType = textField(inline, 'mimeType') ?? 'application/octet-stream'
  return data === undefined ? undefined : { kind: 'base64', mediaType, data }
}

/** Files of Google's own storage mean nothing to anyone else; other addresses do. */
function readFile(file: JsonObject): MediaSource | undefined {
  const uri = textField(file, 'fileUri')
  if (uri === undefined) return undefined
  const isOwn = !/^https?:/i.test(uri) || uri.includes('generativelanguage.googleapis.com/')
  const mediaType = textField(file, 'mimeType')
  if (isOwn) return { kind: 'file-id', id: uri, format: 'gemini', ...(mediaType ? { mediaType } : {}) }
  return { kind: 'url', url: uri, ...(mediaType ? { mediaType } : {}) }
}

function mediaKind(mediaType: string): MediaPart['kind'] {
  if (mediaType.startsWith('image/')) return 'image'
  if (mediaType.startsWith('audio/')) return 'audio'
  return mediaType.startsWith('video/') ? 'video' : 'file'
}
