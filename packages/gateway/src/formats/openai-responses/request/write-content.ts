import type { ContentPart, MediaPart, TextPart } from '../../../neutral/content.ts'
import { toDataUrl } from '../../../neutral/media/data-url.ts'
import { leaveOut } from '../../../neutral/errors/unsupported.ts'
import { fileName, finishPart, writeContentWith, writeOther } from '../../openai/write-content.ts'
import type { Body } from '../../openai/writing.ts'
import { writeAnnotation } from '../annotation.ts'
import type { ResponsesWriting } from './responses-writing.ts'

/** A list of parts, or the text itself where the list would be one plain text. */
export function writeContent(
  parts: readonly ContentPart[],
  writing: ResponsesWriting,
  param: string,
): string | Body[] {
  return writeContentWith(parts, (part) => writePart(part, writing, param))
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
      return finishPart({ type: 'input_text', text: part.text }, part, writing)
    case 'image':
    case 'file':
    case 'audio':
    case 'video': {
      const written = writeMedia(part)
      if (written !== undefined) return finishPart(written, part, writing)
      leaveOut(writing, param, `Send something else than ${part.kind} from a "${part.source.kind}" source`)
      return undefined
    }
    case 'other':
      return writeOther(part, writing, { format: 'openai-responses', param })
    default:
      return undefined
  }
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
  const filename = fileName(name, source.mediaType)
  return { type: 'input_file', filename, file_data: toDataUrl(source.mediaType, source.data) }
}
