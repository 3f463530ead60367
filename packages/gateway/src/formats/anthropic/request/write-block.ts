import type {
  ContentPart,
  MediaPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from '../../../neutral/content.ts'
import { leaveOut } from '../../../neutral/errors/unsupported.ts'
import type { JsonObject } from '../../parse-json.ts'
import { cacheControl } from '../cache-mark.ts'
import { isOwnCitation, writeCitation } from '../citation.ts'
import { callInput, leaveOutOther, type PartPlace as BasePlace } from './part-place.ts'
import { legalCallId, type RequestWriting } from './request-writing.ts'

export type PartPlace = BasePlace<RequestWriting>

/** The content block for a part; undefined when Anthropic has no place for it, or refuses it (texts of nothing). */
export function writeBlock(part: ContentPart, place: PartPlace): JsonObject | undefined {
  switch (part.kind) {
    case 'text':
      return writeText(part, place)
    case 'refusal':
      return isBlank(part.text) ? undefined : { type: 'text', text: part.text }
    case 'reasoning':
      return writeThought(part)
    case 'tool-call':
      return writeCall(part, place)
    case 'tool-result':
      return writeResult(part, place)
    case 'other':
      return part.format === 'anthropic' ? part.value : leaveOutOther(part, place)
    default:
      return writeMedia(part, place)
  }
}

function writeText(part: TextPart, { writing }: PartPlace): JsonObject | undefined {
  if (isBlank(part.text)) return undefined
  const citations = part.citations?.filter(isOwnCitation) ?? []
  return {
    type: 'text',
    text: part.text,
    ...(citations.length === 0 ? {} : { citations: citations.map(writeCitation) }),
    ...cacheControl(part.cache),
    ...ownExtra(part, writing),
  }
}

/** Proofs of other providers mean nothing to Anthropic, and thoughts without a proof are refused. */
function writeThought(part: Extract<ContentPart, { kind: 'reasoning' }>): JsonObject | undefined {
  if (part.from !== 'anthropic') return undefined
  if (part.isRedacted === true)
    return part.encrypted === undefined ? undefined : { type: 'redacted_thinking', data: part.encrypted }
  if (part.signature === undefined) return undefined
  return { type: 'thinking', thinking: part.text, signature: part.signature }
}

function writeCall(part: ToolCallPart, { writing, param }: PartPlace): JsonObject {
  const input = callInput(part, param)
  return {
    type: 'tool_use',
    id: legalCallId(part.id),
    name: writing.names.write(part.name),
    input,
    ...cacheControl(part.cache),
    ...ownExtra(part, writing),
  }
}

function writeResult(part: ToolResultPart, place: PartPlace): JsonObject {
  const blocks: JsonObject[] = []
  for (const item of part.content) {
    const block = writeBlock(item, place)
    if (block !== undefined) blocks.push(block)
  }
  const [first] = blocks
  const isPlainText = blocks.length === 1 && first?.['type'] === 'text' && Object.keys(first).length === 2
  return {
    type: 'tool_result',
    tool_use_id: legalCallId(part.callId),
    ...(blocks.length === 0 ? {} : { content: isPlainText ? first['text'] : blocks }),
    ...(part.isError ? { is_error: true } : {}),
    ...cacheControl(part.cache),
    ...ownExtra(part, place.writing),
  }
}

function writeMedia(part: MediaPart, { writing, param }: PartPlace): JsonObject | undefined {
  const source =
    part.kind === 'image' ? imageSource(part) : part.kind === 'file' ? documentSource(part) : undefined
  if (source === undefined) {
    leaveOut(writing, param, `Anthropic takes no such ${part.kind} (${describeSource(part)})`)
    return undefined
  }
  return {
    type: part.kind === 'image' ? 'image' : 'document',
    source,
    ...(part.kind === 'file' && part.name !== undefined ? { title: part.name } : {}),
    ...cacheControl(part.cache),
    ...ownExtra(part, writing),
  }
}

function imageSource({ source }: MediaPart): JsonObject | undefined {
  if (source.kind === 'url') return { type: 'url', url: source.url }
  if (source.kind === 'base64') {
    const mediaType = source.mediaType === 'image/jpg' ? 'image/jpeg' : source.mediaType
    return { type: 'base64', media_type: mediaType, data: source.data }
  }
  return source.kind === 'file-id' ? fileSource(source) : undefined
}

function documentSource({ source }: MediaPart): JsonObject | undefined {
  if (source.kind === 'url') return { type: 'url', url: source.url }
  if (source.kind === 'text') return { type: 'text', media_type: 'text/plain', data: source.text }
  if (source.kind === 'file-id') return fileSource(source)
  const { mediaType, data } = source
  if (mediaType === 'application/pdf') return { type: 'base64', media_type: mediaType, data }
  if (!mediaType.startsWith('text/') && mediaType !== 'application/json') return undefined
  return { type: 'text', media_type: 'text/plain', data: Buffer.from(data, 'base64').toString() }
}

function fileSource(source: Extract<MediaPart['source'], { kind: 'file-id' }>): JsonObject | undefined {
  return source.format === 'anthropic' ? { type: 'file', file_id: source.id } : undefined
}

function describeSource({ source }: MediaPart): string {
  if (source.kind === 'file-id') return `a file stored with another provider, "${source.id}"`
  return source.kind === 'url' ? 'by address' : source.mediaType
}

function ownExtra(
  part: { readonly extra?: JsonObject | undefined },
  { request }: RequestWriting,
): JsonObject {
  return request.from === 'anthropic' ? (part.extra ?? {}) : {}
}

/** Anthropic refuses texts without a visible character. */
function isBlank(text: string): boolean {
  return text.trim() === ''
}
