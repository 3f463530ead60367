import type { ContentPart, MediaPart, TextPart } from '../../../neutral/content.ts'
import { toDataUrl } from '../../../neutral/data-url.ts'
import { leaveOut } from '../../../neutral/unsupported.ts'
import { addCacheMark } from '../../openai/cache-mark.ts'
import type { Body } from '../../openai/writing.ts'
import { writeAnnotation } from '../annotation.ts'
import type { ResponsesWriting } from './responses-writing.ts'

/** A list of parts, or the text itself where the list would be one plain text. */
export function writeContent(
  parts: readonly ContentPart[],
  writing: ResponsesWriting,
  param: string,
): string | Body[] {
  const only = parts[0]
  if (only === undefined) return ''
  const list: Body[] = []
  for (const part of parts) {
    const written = writePart(part, writing, param)
    if (written !== undefined) list.push(written)
  }
  const isPlain = parts.length === 1 && only.kind === 'text' && Object.keys(list[0] ?? {}).length === 2
  return isPlain ? only.text : list
}

/** What the assistant said: texts with the sources they quote. */
export function writeSaid(part: TextPart, writing: ResponsesWriting): Body {
  const annotations = (part.citations ?? []).map(writeAnnotation).filter((value) => value !== undefined)
  const written: Body = { type: 'output_text', text: part.text, annotations }
  const { item: _item, ...extra } = part.extra ?? {}
  if (writing.isOwn) Object.assign(written, extra)
  return written
}

/** Undefined for what the Responses format cannot express, which is left out. */
function writePart(part: ContentPart, writing: ResponsesWriting, param: string): Body | undefined {
  switch (part.kind) {
    case 'text':
      return finish({ type: 'input_text', text: part.text }, part, writing)
    case 'image':
    case 'file':
    case 'audio':
    case 'video': {
      const written = writeMedia(part)
      if (written !== undefined) return finish(written, part, writing)
      leaveOut(writing, param, `Send something else than ${part.kind} from a "${part.source.kind}" source`)
      return undefined
    }
    case 'other':
      if (part.format === 'openai-responses') return { ...part.value }
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
function finish(written: Body, part: TextPart | MediaPart, writing: ResponsesWriting): Body {
  if (writing.isOwn && part.extra !== undefined) Object.assign(written, part.extra)
  addCacheMark(written, part.cache, writing.cacheStyle)
  return written
}

function writeMedia(part: MediaPart): Body | undefined {
  const { source, name } = part
  if (source.kind === 'text') return { type: 'input_text', text: source.text }
  if (source.kind === 'file-id' && source.format !== 'openai-chat' && source.format !== 'openai-responses')
    return undefined
  if (part.kind === 'image') {
    const detail = part.detail ?? 'auto'
    if (source.kind === 'file-id') return { type: 'input_image', detail, file_id: source.id }
    const url = source.kind === 'url' ? source.url : toDataUrl(source.mediaType, source.data)
    return { type: 'input_image', detail, image_url: url }
  }
  if (part.kind !== 'file') return undefined
  const named = name === undefined ? {} : { filename: name }
  if (source.kind === 'file-id') return { type: 'input_file', ...named, file_id: source.id }
  if (source.kind === 'url') return { type: 'input_file', ...named, file_url: source.url }
  const filename = name ?? `file.${source.mediaType.slice(source.mediaType.indexOf('/') + 1)}`
  return { type: 'input_file', filename, file_data: toDataUrl(source.mediaType, source.data) }
}
