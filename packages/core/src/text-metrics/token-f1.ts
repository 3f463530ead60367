import { answerTokens } from './normalise-answer.ts'

/** Shares of shared words: of the answer (`precision`), of the expected text (`recall`), and their F1. */
export type TokenF1 = { readonly f1: number; readonly precision: number; readonly recall: number }

/**
 * SQuAD token F1 over multisets of normalised words. As in SQuAD 2.0, an empty side scores 1 only when
 * both sides are empty.
 */
export function tokenF1(answer: string, expected: string): TokenF1 {
  const given = answerTokens(answer)
  const wanted = answerTokens(expected)
  if (given.length === 0 || wanted.length === 0) {
    const score = given.length === wanted.length ? 1 : 0
    return { f1: score, precision: score, recall: score }
  }
  const left = new Map<string, number>()
  for (const word of wanted) left.set(word, (left.get(word) ?? 0) + 1)
  let shared = 0
  for (const word of given) {
    const count = left.get(word) ?? 0
    if (count === 0) continue
    shared++
    left.set(word, count - 1)
  }
  const precision = shared / given.length
  const recall = shared / wanted.length
  return { f1: shared === 0 ? 0 : (2 * precision * recall) / (precision + recall), precision, recall }
}
