import type { Usage } from '@ratchet/contract'

/** Token counts that do not overlap: each token is in exactly one of them. */
export type SplitUsage = {
  readonly freshInput: number
  readonly cachedInput: number
  readonly cacheWrite: number
  readonly cacheWriteHour: number
  readonly audioInput: number
  readonly output: number
  readonly audioOutput: number
}

/**
 * Takes usage apart into what is priced separately. Usage follows the contract: input includes cached, cache-write and
 * audio tokens, output includes reasoning and audio tokens. A provider that reports more of a part than of the whole
 * gets it cut to the whole, so a bad report can never charge a token twice.
 */
export function splitUsage(usage: Usage): SplitUsage {
  const cachedInput = Math.min(usage.cachedInputTokens, usage.inputTokens)
  const written = Math.min(usage.cacheWriteTokens, usage.inputTokens - cachedInput)
  const cacheWriteHour = Math.min(usage.cacheWriteHourTokens ?? 0, written)
  const fresh = usage.inputTokens - cachedInput - written
  const audioInput = Math.min(usage.audioInputTokens ?? 0, fresh)
  const output = Math.max(usage.outputTokens, usage.reasoningTokens)
  const audioOutput = Math.min(usage.audioOutputTokens ?? 0, output)
  return {
    freshInput: fresh - audioInput,
    cachedInput,
    cacheWrite: written - cacheWriteHour,
    cacheWriteHour,
    audioInput,
    output: output - audioOutput,
    audioOutput,
  }
}
