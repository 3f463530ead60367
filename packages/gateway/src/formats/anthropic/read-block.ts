import type {
  ContentPart,
  MediaPart,
  MediaSource,
  ReasoningPart,
  TextPart,
  ToolCallPart,
} from '../../neutral/content.ts'
import { objectField, objectsField, otherFields, textField } from '../../neutral/json-field.ts'
import { unpackProof } from '../../neutral/proof.ts'
import { isJsonObject, type JsonObject } from '../parse-json.ts'
import { readCacheMark } from './cache-mark.ts'
import { readCitation } from './citation.ts'

const textNames = new Set(['type', 'text', 'cache_control', 'citations'])
const thinkingNames = new Set(['type', 'thinking', 'signature', 'data'])
const callNames = new Set(['type', 'id', 'name', 'input', 'cache_control'])
const imageNames = new Set(['type', 'source', 'cache_control'])
const documentNames = new Set(['type', 'source', 'title', 'cache_control'])

/**
 * One content block of a request or an answer. What only Anthropic has becomes an `other` part; undefined when the
 * block lacks what its type needs.
 */
export function readBlock(block: JsonObject): ContentPart | undefined {
  switch (block['type']) {
    case 'text':
      return readText(block)
    case 'thinking':
    case 'redacted_thinking':
      return readThinking(block)
    case 'tool_use':
      return readToolUse(block)
    case 'image':
      return readImage(block)
    case 'document':
      return readDocument(block)
    default:
      return typeof block['type'] === 'string'
        ? { kind: 'other', format: 'anthropic', value: block }
        : undefined
  }
}

function readText(block: JsonObject): TextPart | undefined {
  const text = textField(block, 'text')
  if (text === undefined) return undefined
  const cache = readCacheMark(block)
  const citations = objectsField(block, 'citations').map((value) => readCitation(value, text.length))
  const extra = otherFields(block, textNames)
  return {
    kind: 'text',
    text,
    ...(cache === undefined ? {} : { cache }),
    ...(citations.length === 0 ? {} : { citations }),
    ...(extra === undefined ? {} : { extra }),
  }
}

/** Signatures that we packed for a client prove a thought to the provider of another format. */
function readThinking(block: JsonObject): ReasoningPart | undefined {
  const extra = otherFields(block, thinkingNames)
  const rest = extra === undefined ? {} : { extra }
  if (block['type'] === 'thinking') {
    const text = textField(block, 'thinking')
    if (text === undefined) return undefined
    const signature = textField(block, 'signature') ?? ''
    if (signature === '') return { kind: 'reasoning', text, from: 'anthropic', ...rest }
    return {
      kind: 'reasoning',
      text,
      ...(unpackProof(signature) ?? { from: 'anthropic', signature }),
      ...rest,
    }
  }
  const data = textField(block, 'data')
  if (data === undefined) return undefined
  const proof = unpackProof(data) ?? { from: 'anthropic', encrypted: data, isRedacted: true }
  return { kind: 'reasoning', text: '', ...proof, ...rest }
}

function readToolUse(block: JsonObject): ToolCallPart | undefined {
  const id = textField(block, 'id')
  const name = textField(block, 'name')
  if (id === undefined || name === undefined) return undefined
  const cache = readCacheMark(block)
  const extra = otherFields(block, callNames)
  return {
    kind: 'tool-call',
    id,
    name,
    arguments: JSON.stringify(block['input'] ?? {}),
    ...(cache === undefined ? {} : { cache }),
    ...(extra === undefined ? {} : { extra }),
  }
}

function readImage(block: JsonObject): MediaPart | undefined {
  const source = objectField(block, 'source')
  const read = source === undefined ? undefined : readSource(source)
  if (read === undefined) return undefined
  const cache = readCacheMark(block)
  const extra = otherFields(block, imageNames)
  return {
    kind: 'image',
    source: read,
    ...(cache === undefined ? {} : { cache }),
    ...(extra === undefined ? {} : { extra }),
  }
}

function readDocument(block: JsonObject): MediaPart | undefined {
  const source = objectField(block, 'source')
  if (source === undefined) return undefined
  const isOwn = source['type'] === 'content'
  const read = isOwn ? textOfContent(source['content']) : readSource(source)
  if (read === undefined) return undefined
  const name = textField(block, 'title')
  const cache = readCacheMark(block)
  const others = otherFields(block, documentNames)
  // Other formats get the text of a document made of blocks; Anthropic gets its blocks back.
  const extra = isOwn ? { ...others, source } : others
  return {
    kind: 'file',
    source: read,
    ...(name === undefined ? {} : { name }),
    ...(cache === undefined ? {} : { cache }),
    ...(extra === undefined ? {} : { extra }),
  }
}

function readSource(source: JsonObject): MediaSource | undefined {
  const data = textField(source, 'data')
  const mediaType = textField(source, 'media_type')
  if (source['type'] === 'base64' && data !== undefined && mediaType !== undefined)
    return { kind: 'base64', mediaType, data }
  if (source['type'] === 'text' && data !== undefined)
    return { kind: 'text', text: data, mediaType: mediaType ?? 'text/plain' }
  const url = textField(source, 'url')
  if (source['type'] === 'url' && url !== undefined) return { kind: 'url', url }
  const id = textField(source, 'file_id')
  return source['type'] === 'file' && id !== undefined
    ? { kind: 'file-id', id, format: 'anthropic' }
    : undefined
}

function textOfContent(content: unknown): MediaSource | undefined {
  if (typeof content === 'string') return { kind: 'text', text: content, mediaType: 'text/plain' }
  if (!Array.isArray(content)) return undefined
  const texts = content.flatMap((block) => (isJsonObject(block) ? (textField(block, 'text') ?? []) : []))
  return { kind: 'text', text: texts.join('\n\n'), mediaType: 'text/plain' }
}
