import type { ContentPart, MediaPart } from '../../../neutral/content.ts'
import { toDataUrl } from '../../../neutral/media/data-url.ts'
import { leaveOut } from '../../../neutral/errors/unsupported.ts'
import { audioFormat } from '../../openai/audio-format.ts'
import { fileName, finishPart, writeContentWith, writeOther } from '../../openai/write-content.ts'
import type { Body } from '../../openai/writing.ts'
import type { ChatWriting } from './chat-writing.ts'

/** A list of parts, or the text itself where the list would be one plain text. */
export function writeContent(
  parts: readonly ContentPart[],
  writing: ChatWriting,
  param: string,
): string | Body[] {
  return writeContentWith(parts, (part) => writePart(part, writing, param))
}

/** Undefined for what chat completions cannot express, which is left out. */
function writePart(part: ContentPart, writing: ChatWriting, param: string): Body | undefined {
  switch (part.kind) {
    case 'text':
      return finishPart({ type: 'text', text: part.text }, part, writing)
    case 'refusal':
      return { type: 'refusal', refusal: part.text }
    case 'image':
    case 'video':
    case 'audio':
    case 'file': {
      const written = writeMedia(part)
      if (written !== undefined) return finishPart(written, part, writing)
      leaveOut(writing, param, hintFor(part))
      return undefined
    }
    case 'other':
      return writeOther(part, writing, { format: 'openai-chat', param })
    default:
      return undefined
  }
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
    const filename = fileName(name, source.mediaType)
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
