import type { ContentPart, MediaPart, TextPart } from '../../../neutral/content.ts'
import { toDataUrl } from '../../../neutral/data-url.ts'
import { leaveOut } from '../../../neutral/unsupported.ts'
import { addCacheMark } from '../../openai/cache-mark.ts'
import { audioFormat } from '../../openai/audio-format.ts'
import type { Body } from '../../openai/writing.ts'
import type { ChatWriting } from './chat-writing.ts'

/** A list of parts, or the text itself where the list would be one plain text. */
export function writeContent(
  parts: readonly ContentPart[],
  writing: ChatWriting,
  param: string,
): string | Body[] {
  if (parts.length === 0) return ''
  const only = parts[0]
  const list: Body[] = []
  for (const part of parts) {
    const written = writePart(part, writing, param)
    if (written !== undefined) list.push(written)
  }
  const isPlain = parts.length === 1 && only?.kind === 'text' && Object.keys(list[0] ?? {}).length === 2
  return isPlain ? only.text : list
}

/** Undefined for what chat completions cannot express, which is left out. */
function writePart(part: ContentPart, writing: ChatWriting, param: string): Body | undefined {
  switch (part.kind) {
    case 'text':
      return finish({ type: 'text', text: part.text }, part, writing)
    case 'refusal':
      return { type: 'refusal', refusal: part.text }
    case 'image':
    case 'video':
    case 'audio':
    case 'file': {
      const written = writeMedia(part)
      if (written !== undefined) return finish(written, part, writing)
      leaveOut(writing, param, hintFor(part))
      return undefined
    }
    case 'other':
      if (part.format === 'openai-chat') return { ...part.value }
      leaveOut(
        writing,
        param,
        `A part of type "${String(part.value['type'])}" is known to its own provider only`,
      )
      return undefined
    default:
      return undefined
  }
}

/** Adds what the client's own format had beside the part. */
function finish(written: Body, part: TextPart | MediaPart, writing: ChatWriting): Body {
  if (writing.isOwn && part.extra !== undefined) Object.assign(written, part.extra)
  addCacheMark(written, part.cache, writing.cacheStyle)
  return written
}

function writeMedia(part: MediaPart): Body | undefined {
  const { source } = part
  if (source.kind === 'text') return { type: 'text', text: source.text }
  if (part.kind === 'file') return writeFile(part)
  if (part.kind === 'audio') {
    if (source.kind !== 'base64') return undefined
    return { type: 'input_audio', input_audio: { data: source.data, format: audioFormat(source.mediaType) } }
  }
  const url = urlOf(part)
  if (url === undefined) return undefined
  if (part.kind === 'video') return { type: 'video_url', video_url: { url } }
  const detail = part.detail === undefined ? {} : { detail: part.detail }
  return { type: 'image_url', image_url: { url, ...detail } }
}

function writeFile(part: MediaPart): Body | undefined {
  const { source, name } = part
  const named = name === undefined ? {} : { filename: name }
  if (source.kind === 'base64') {
    const filename = name ?? `file.${source.mediaType.slice(source.mediaType.indexOf('/') + 1)}`
    return { type: 'file', file: { filename, file_data: toDataUrl(source.mediaType, source.data) } }
  }
  if (source.kind === 'file-id' && isOpenAi(source.format))
    return { type: 'file', file: { ...named, file_id: source.id } }
  // OpenRouter takes addresses; OpenAI itself says that it does not.
  return source.kind === 'url' ? { type: 'file', file: { ...named, file_data: source.url } } : undefined
}

function urlOf({ source }: MediaPart): string | undefined {
  if (source.kind === 'url') return source.url
  return source.kind === 'base64' ? toDataUrl(source.mediaType, source.data) : undefined
}

function isOpenAi(format: string): boolean {
  return format === 'openai-chat' || format === 'openai-responses'
}

function hintFor(part: MediaPart): string {
  if (part.source.kind === 'file-id') return `Send the ${part.kind} itself instead of a file id`
  return `Send the ${part.kind} as base64`
}
