import { estimateTokens } from '@ratchet/core/offline'
import type { ContentPart, MediaPart } from '../../neutral/content.ts'
import type { NeutralRequest } from '../../neutral/neutral-request.ts'
import { readImageSize } from '../../neutral/media/image-size.ts'

/** Tokens around each message and each tool: role, separators. */
const framingTokens = 4

/** An image whose size cannot be read. */
const unknownImageTokens = 1500

/** Larger images are scaled down to this edge before a model sees them, and to about this many tokens. */
const longestEdge = 1568
const mostImageTokens = 1600
const pixelsPerToken = 750

/** A page of a PDF is read as text and as an image: 1,500 to 3,000 tokens. */
const pageTokens = 2000

/** Longer texts are counted by their beginning, so that a count never holds up other calls for long. */
const countedChars = 200_000

/** Answer of `/v1/messages/count_tokens`. */
export type TokenCount = { readonly input_tokens: number }

/**
 * Estimates the input of a request, for providers that do not count: texts within about 15 %, images as Anthropic
 * documents them (width x height / 750).
 */
export function countTokens(request: NeutralRequest): TokenCount {
  let tokens = 0
  for (const message of request.messages) {
    tokens += framingTokens
    for (const part of message.content) tokens += partTokens(part)
  }
  for (const tool of request.tools) {
    tokens += framingTokens
    if (tool.kind === 'provider') tokens += textTokens(JSON.stringify(tool.value))
    else tokens += textTokens(`${tool.name} ${tool.description ?? ''} ${JSON.stringify(tool.schema ?? {})}`)
  }
  if (request.output?.kind === 'json-schema') tokens += textTokens(JSON.stringify(request.output.schema))
  return { input_tokens: tokens }
}

function partTokens(part: ContentPart): number {
  switch (part.kind) {
    case 'text':
    case 'refusal':
    case 'reasoning':
      return textTokens(part.text)
    case 'tool-call':
      return framingTokens + textTokens(part.name) + textTokens(part.arguments)
    case 'tool-result':
      return part.content.reduce((sum, item) => sum + partTokens(item), framingTokens)
    case 'other':
      return textTokens(JSON.stringify(part.value))
    default:
      return mediaTokens(part)
  }
}

function mediaTokens({ kind, source }: MediaPart): number {
  if (source.kind === 'text') return textTokens(source.text)
  if (source.kind !== 'base64') return unknownImageTokens
  if (kind === 'image') return imageTokens(source.data)
  if (source.mediaType === 'application/pdf') return pageTokens * countPages(source.data)
  if (source.mediaType.startsWith('text/')) return textTokens(Buffer.from(source.data, 'base64').toString())
  return unknownImageTokens
}

function imageTokens(data: string): number {
  const size = readImageSize(data)
  if (size === undefined) return unknownImageTokens
  const scale = Math.min(1, longestEdge / Math.max(size.width, size.height))
  const pixels = size.width * scale * (size.height * scale)
  return Math.min(mostImageTokens, Math.ceil(pixels / pixelsPerToken))
}

/** Pages that the file names openly; at least one, because newer files keep the list compressed. */
function countPages(data: string): number {
  const pages = Buffer.from(data, 'base64')
    .toString('latin1')
    .match(/\/Type\s*\/Page(?![a-zA-Z])/g)
  return Math.max(1, pages?.length ?? 0)
}

function textTokens(text: string): number {
  if (text.length <= countedChars) return estimateTokens(text)
  return Math.ceil((estimateTokens(text.slice(0, countedChars)) * text.length) / countedChars)
}
