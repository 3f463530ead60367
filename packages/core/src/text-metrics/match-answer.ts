import { answerTokens, normaliseAnswer } from './normalise-answer.ts'

/** True when both texts are equal after SQuAD normalisation. */
export function isExactMatch(answer: string, expected: string): boolean {
  return normaliseAnswer(answer) === normaliseAnswer(expected)
}

/**
 * True when the expected words occur in the answer in order and next to each other, after SQuAD
 * normalisation: "470" is not contained in "4701". Expected text without any word is never contained.
 */
export function containsAnswer(answer: string, expected: string): boolean {
  const needle = answerTokens(expected)
  if (needle.length === 0) return false
  const words = answerTokens(answer)
  return words.some((_, start) => needle.every((word, offset) => words[start + offset] === word))
}
