import type { CacheMark, ContentPart, MediaPart, ToolResultPart } from '../../../neutral/content.ts'
import { objectField, textField } from '../../../neutral/json-field.ts'
import { legalToolName } from '../../../neutral/tools/tool-names.ts'
import { leaveOut } from '../../../neutral/errors/unsupported.ts'
import { callInput, leaveOutOther, type PartPlace as BasePlace } from '../../anthropic/request/part-place.ts'
import type { JsonObject } from '../../parse-json.ts'
import { formatOf, mediaTypeOf } from '../media-format.ts'
import { toolNameRule, type BedrockWriting } from './bedrock-writing.ts'

export type PartPlace = BasePlace<BedrockWriting>

/** The content blocks for a part: itself, and the cache point behind it. Empty for what Bedrock has no place for. */
export function writeBlocks(part: ContentPart, place: PartPlace): readonly JsonObject[] {
  const block = writeBlock(part, place)
  if (block === undefined) return []
  const mark = 'cache' in part ? part.cache : undefined
  return [block, ...cachePoint(mark, place.writing)]
}

/** A cache point, for the families that have a cache; others answer with an error. */
export function cachePoint(mark: CacheMark | undefined, { family }: BedrockWriting): readonly JsonObject[] {
  if (mark === undefined || (family !== 'claude' && family !== 'nova')) return []
  const ttl = family === 'claude' && mark.ttl !== undefined ? { ttl: mark.ttl } : {}
  return [{ cachePoint: { type: 'default', ...ttl } }]
}

function writeBlock(part: ContentPart, place: PartPlace): JsonObject | undefined {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      // Bedrock refuses texts without a visible character.
      return part.text.trim() === '' ? undefined : { text: part.text }
    case 'reasoning':
      return writeThought(part)
    case 'tool-call':
      return writeCall(part, place)
    case 'tool-result':
      return writeResult(part, place)
    case 'other':
      return part.format === 'bedrock' ? part.value : leaveOutOther(part, place)
    default:
      return writeMedia(part, place)
  }
}

function writeThought(part: Extract<ContentPart, { kind: 'reasoning' }>): JsonObject | undefined {
  if (part.from !== 'bedrock') return undefined
  if (part.isRedacted === true) {
    return part.encrypted === undefined
      ? undefined
      : { reasoningContent: { redactedContent: part.encrypted } }
  }
  const { text, signature } = part
  return signature === undefined ? undefined : { reasoningContent: { reasoningText: { text, signature } } }
}

function writeCall(
  part: Extract<ContentPart, { kind: 'tool-call' }>,
  { writing, param }: PartPlace,
): JsonObject {
  const input = callInput(part, param)
  return { toolUse: { toolUseId: legalCallId(part.id), name: writing.names.write(part.name), input } }
}

function writeResult(part: ToolResultPart, place: PartPlace): JsonObject {
  const content: JsonObject[] = []
  for (const item of part.content) {
    const block = writeBlock(item, place)
    if (block !== undefined) content.push(block)
  }
  const toolUseId = legalCallId(part.callId)
  return { toolResult: { toolUseId, content, ...(part.isError ? { status: 'error' } : {}) } }
}

function writeMedia(part: MediaPart, { writing, param }: PartPlace): JsonObject | undefined {
  const source = sourceOf(part)
  const format = source === undefined ? undefined : formatOf(part.kind, typeOf(part))
  if (source === undefined || format === undefined) {
    leaveOut(
      writing,
      param,
      `Bedrock takes no such ${part.kind} (${typeOf(part)}); it takes no addresses but s3://`,
    )
    return undefined
  }
  if (part.kind !== 'file') return { [part.kind]: { format, source } }
  return { document: { format, name: documentName(part, writing), source, ...citing(part, writing) } }
}

function sourceOf({ kind, source }: MediaPart): JsonObject | undefined {
  if (source.kind === 'base64') return { bytes: source.data }
  if (source.kind === 'text') return kind === 'file' ? { text: source.text } : undefined
  return source.kind === 'url' && source.url.startsWith('s3://')
    ? { s3Location: { uri: source.url } }
    : undefined
}

function typeOf({ source }: MediaPart): string {
  if (source.kind === 'url') return source.mediaType ?? mediaTypeOf(source.url)
  return source.kind === 'file-id' ? (source.mediaType ?? 'a stored file') : source.mediaType
}

/** Bedrock takes letters, digits, single blanks, dashes and brackets, and each name once. */
function documentName({ name = 'document' }: MediaPart, { documents }: BedrockWriting): string {
  const clean = name
    .replace(/\.[a-zA-Z0-9]{1,5}$/, '')
    .replaceAll(/[^a-zA-Z0-9\s\-()[\]]/g, '-')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 190)
  const base = clean === '' ? 'document' : clean
  let unique = base
  for (let count = 2; documents.has(unique); count++) unique = `${base}-${count}`
  documents.add(unique)
  return unique
}

/** Anthropic's wish for citations, which Bedrock has as well. */
function citing({ extra }: MediaPart, { request }: BedrockWriting): JsonObject {
  if (request.from !== 'anthropic' || extra === undefined) return {}
  const context = textField(extra, 'context')
  const isEnabled = objectField(extra, 'citations')?.['enabled'] === true
  return {
    ...(context === undefined ? {} : { context }),
    ...(isEnabled ? { citations: { enabled: true } } : {}),
  }
}

function legalCallId(id: string): string {
  return legalToolName(id, toolNameRule)
}
