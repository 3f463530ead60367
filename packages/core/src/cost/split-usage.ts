import type { Usage } from '@ratchet/contract'

/** Token counts that do not overlap: each token is in exactly one of them. */
export type SplitUsage = {
  readonly freshInput: number
  readonly cachedInput: number
  readonly cacheWrite: number
  readonly output: number
}

/**
 * Takes usage apart into what is priced separately. Usage follows the contract: input includes cached and
 * cache-write tokens, output includes reasoning tokens. A provider that reports more cached tokens than
 * input gets them cut to the input, so a bad report can never charge a token twice.
 */
export function splitUsage(usage: Usage): SplitUsage {
  const cachedInput = Math.min(usage.cachedInputTokens, usage.inputTokens)
  const cacheWrite = Math.min(usage.cacheWriteTokens, usage.inputTokens - cachedInput)
  return {
    freshInput: usage.inputTokens - cachedInput - cacheWrite,
    cachedInput,
    cacheWrite,
    output: Math.max(usage.outputTokens, usage.reasoningTokens),
  }
}
