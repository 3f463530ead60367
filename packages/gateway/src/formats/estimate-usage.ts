import type { Usage } from '@ratchet/contract'
import { estimateTokens } from '@ratchet/core/offline'
import { isJsonObject } from './parse-json.ts'

/** Longer texts are estimated from their beginning: counting megabytes would hold up every other call. */
const sampleChars = 32 * 1024

/** Token counts for a provider that reports none, or for a call that ended before it did. */
export function estimateUsage(input: unknown, output: string): Usage {
  return {
    inputTokens: estimateInputTokens(input),
    outputTokens: estimateLong(output),
    cachedInputTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
  }
}

/** Tokens of the texts that a model reads: of messages their contents, of embedding inputs the inputs themselves. */
export function estimateInputTokens(input: unknown): number {
  if (typeof input === 'string') return estimateLong(input)
  if (Array.isArray(input)) {
    // What stands between two texts counts one.
    let tokens = Math.max(0, input.length - 1)
    for (const part of input) tokens += estimateInputTokens(part)
    return tokens
  }
  if (!isJsonObject(input)) return 0
  if (typeof input['text'] === 'string') return estimateLong(input['text'])
  return estimateInputTokens(input['content'] ?? input['parts'])
}

function estimateLong(text: string): number {
  if (text.length <= sampleChars) return estimateTokens(text)
  return Math.round((estimateTokens(text.slice(0, sampleChars)) * text.length) / sampleChars)
}
