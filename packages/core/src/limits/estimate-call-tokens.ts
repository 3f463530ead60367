import { estimateTokens } from '../offline/index.ts'

/** Longer texts are estimated from their beginning: counting all of them would hold up every other call. */
const sampleChars = 4_096
const bytesPerToken = 4
/** What an answer is taken to have when neither the caller nor experience says. */
export const typicalOutputTokens = 512

export type CallSize = {
  /** The text a model will read, or how many bytes it has: a text is counted, bytes are divided by four. */
  readonly input: string | number
  /** The most that the caller allows. */
  readonly maxOutputTokens?: number | undefined
  /** What such calls usually answer, when known. */
  readonly usualOutputTokens?: number | undefined
}

/**
 * Tokens that a call is expected to use, to be reserved before it and corrected after: the input, and the longest
 * answer that the caller allows, or the usual one where that is shorter or nothing is said.
 */
export function estimateCallTokens({ input, maxOutputTokens, usualOutputTokens }: CallSize): number {
  const usual = usualOutputTokens ?? maxOutputTokens ?? typicalOutputTokens
  return estimateInput(input) + Math.ceil(Math.min(usual, maxOutputTokens ?? usual))
}

function estimateInput(input: string | number): number {
  if (typeof input === 'number') return Math.ceil(input / bytesPerToken)
  if (input.length <= sampleChars) return estimateTokens(input)
  return Math.round((estimateTokens(input.slice(0, sampleChars)) * input.length) / sampleChars)
}
