import type { Usage } from '@ratchet/contract'
import { estimateTokens } from '@ratchet/core/offline'
import { isJsonObject } from './parse-json.ts'

/** Longer texts are estimated from their beginning: counting megabytes would hold up every other call. */
const sampleChars = 32 * 1024

/** Token counts for a provider that reports none, or for a call that ended before it did. */
export function estimateUsage(input: unknown, output: string): Usage {
  return {
    inputTokens: estimateLong(collectText(input)),
    outputTokens: estimateLong(output),
    cachedInputTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
  }
}

function estimateLong(text: string): number {
  if (text.length <= sampleChars) return estimateTokens(text)
  return Math.round((estimateTokens(text.slice(0, sampleChars)) * text.length) / sampleChars)
}

/** The texts that a model reads: of messages their contents, of embedding inputs the inputs themselves. */
function collectText(input: unknown): string {
  if (typeof input === 'string') return input
  if (Array.isArray(input)) return input.map(collectText).join('\n')
  if (!isJsonObject(input)) return ''
  if (typeof input['text'] === 'string') return input['text']
  return collectText(input['content'] ?? input['parts'])
}
