import { AppError, type LocalDetectorSpec } from '@ratchet/contract'
import { estimateTokens } from '../../offline/index.ts'
import type { Detector, Finding } from '../finding.ts'
import { makeWholeTextDetector } from '../local-detector.ts'

type LengthSpec = Extract<LocalDetectorSpec, { type: 'length' }>

/**
 * Texts that are too short or too long, in characters (UTF-16 units) or estimated tokens. Throws
 * `validation_failed` without any limit, or when a lower limit is above the upper one.
 */
export function makeLengthDetector(spec: LengthSpec): Detector {
  const { minCharacters, maxCharacters, minTokens, maxTokens } = spec
  const limits = [minCharacters, maxCharacters, minTokens, maxTokens]
  if (limits.every((limit) => limit === undefined))
    throw refusal('has no limit. Set at least one of minCharacters, maxCharacters, minTokens, maxTokens.')
  if (isAbove(minCharacters, maxCharacters))
    throw refusal(`asks for at least ${minCharacters} and at most ${maxCharacters} characters.`)
  if (isAbove(minTokens, maxTokens))
    throw refusal(`asks for at least ${minTokens} and at most ${maxTokens} tokens.`)
  return makeWholeTextDetector('length', (text) => {
    const { length } = text
    const needsTokens = minTokens !== undefined || maxTokens !== undefined
    const tokens = needsTokens ? estimateTokens(text) : 0
    if (isAbove(minCharacters, length) || isAbove(minTokens, needsTokens ? tokens : undefined))
      return [
        finding(
          'too-short',
          0,
          length,
          `${length} characters${needsTokens ? `, about ${tokens} tokens` : ''}.`,
        ),
      ]
    if (isAbove(length, maxCharacters))
      return [finding('too-long', 0, length, `${length} characters of ${maxCharacters} allowed.`)]
    if (isAbove(tokens, maxTokens))
      return [finding('too-long', 0, length, `About ${tokens} tokens of ${maxTokens} allowed.`)]
    return []
  })
}

function isAbove(first: number | undefined, second: number | undefined): boolean {
  return first !== undefined && second !== undefined && first > second
}

function finding(kind: string, start: number, end: number, detail: string): Finding {
  return { detector: 'length', kind, start, end, score: 1, detail }
}

function refusal(problem: string): AppError {
  return new AppError('validation_failed', {
    message: `The length check ${problem}`,
    details: { type: 'length' },
  })
}
