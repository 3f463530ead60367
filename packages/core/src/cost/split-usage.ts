import type { Usage } from '@ratchet/contract'

/** Token counts that do not overlap: each token is in exactly one of them. */
export type SplitUsage = {
  readonly freshInput: number
  readonly cachedInput: number
  readonly cacheWrite: number
  readonly cacheWriteHour: number
  readonly audioInput: number
  readonly imageInput: number
  readonly output: number
  readonly audioOutput: number
  readonly imageOutput: number
}

/**
 * Takes usage apart into what is priced separately. Usage follows the contract: input includes cached, cache-write,
 * audio and image tokens, output includes reasoning, audio and image tokens. A provider that reports more of a part
 * than of the whole gets it cut to the whole, so a bad report can never charge a token twice.
 */
export function splitUsage(usage: Usage): SplitUsage {
  const cachedInput = Math.min(usage.cachedInputTokens, usage.inputTokens)
  const written = Math.min(usage.cacheWriteTokens, usage.inputTokens - cachedInput)
  const cacheWriteHour = Math.min(usage.cacheWriteHourTokens ?? 0, written)
  const fresh = usage.inputTokens - cachedInput - written
  const audioInput = Math.min(usage.audioInputTokens ?? 0, fresh)
  const imageInput = Math.min(usage.imageInputTokens ?? 0, fresh - audioInput)
  const output = Math.max(usage.outputTokens, usage.reasoningTokens)
  const audioOutput = Math.min(usage.audioOutputTokens ?? 0, output)
  const imageOutput = Math.min(usage.imageOutputTokens ?? 0, output - audioOutput)
  return {
    freshInput: fresh - audioInput - imageInput,
    cachedInput,
    cacheWrite: written - cacheWriteHour,
    cacheWriteHour,
    audioInput,
    imageInput,
    output: output - audioOutput - imageOutput,
    audioOutput,
    imageOutput,
  }
}
