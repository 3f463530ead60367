import { splitSentences } from '@ratchet/core/text-metrics'

const openings = [
  /^(?:i'm|i am) (?:(?:really|so|very) )?sorry,? (?:but )?(?:i|that)\b.*\b(?:can't|cannot|can not|won't|unable|not able)\b/u,
  /^(?:(?:i'm|i am) )?(?:sorry|apologies|unfortunately)\b.{0,40}\b(?:i|we) (?:can't|cannot|can not|won't|am unable|am not able)\b/u,
  /^i (?:can't|cannot|can not|won't|will not) (?:help|assist|comply|provide|do|support|fulfil|fulfill|create|write|generate|engage|share|discuss|answer)\b/u,
  /^i(?:'m| am) (?:unable|not able|not allowed|not permitted) to\b/u,
  /^i must (?:decline|refuse)\b/u,
  /^as an ai\b.*\b(?:can't|cannot|can not|unable|not able)\b/u,
  /\b(?:against|violates?) (?:my|our|openai's|the) (?:guidelines|polic(?:y|ies)|programming)\b/u,
] as const

/**
 * True when a text refuses to do what was asked ("I'm sorry, but I can't help with that"). Looks at the first two
 * sentences only. English phrases: what a model refuses in other words or languages is not found.
 */
export function isRefusal(text: string): boolean {
  const sentences = splitSentences(text.slice(0, longestOpening)).slice(0, 2)
  return sentences.some(({ text: sentence }) => {
    const plain = sentence.normalize('NFKC').toLowerCase().replace(/[’‘]/gu, "'").replace(/\s+/gu, ' ')
    return openings.some((pattern) => pattern.test(plain))
  })
}

const longestOpening = 1_000
