import { editDistance } from '../graph/index.ts'
import { extractTerms, isStopWord, isWeakTerm, stemWord, tokenizeWords } from '../text-metrics/index.ts'

const topicWeight = 0.15
const followUpWeight = 0.4
const weakWeight = 0.3

/** A question as weighted terms; `topic` are words of the instructions, known to be the subject anyway. */
export type Query = {
  readonly text: string
  readonly previous: string
  readonly topic: string
}

/**
 * The question's terms with their weights: words the instructions already name, and words that say little,
 * count less; a short follow-up borrows the terms of the question before. A term that the context spells
 * otherwise is replaced by the context's spelling.
 */
export function weighTerms(
  { text, previous, topic }: Query,
  vocabulary: ReadonlySet<string>,
): Map<string, number> {
  const topicTerms = new Set(extractTerms(topic))
  const weights = new Map<string, number>()
  const add = (terms: readonly string[], weight: number) => {
    for (const term of terms) {
      const known = nearestTerm(term, vocabulary)
      const share = topicTerms.has(term) && terms.length > 1 ? topicWeight : isWeakTerm(term) ? weakWeight : 1
      if (!weights.has(known)) weights.set(known, weight * share)
    }
  }
  const own = extractTerms(text)
  // "back up" is written "backup" as often as not.
  const words = tokenizeWords(text)
  const compounds = words.slice(1).map((word, at) => stemWord(`${words[at] ?? ''}${word}`))
  add(
    compounds.filter((term) => vocabulary.has(term)),
    1,
  )
  // A question of stop words only ("Who are you?") still has words to look for.
  add(own.length > 0 ? own : tokenizeWords(text).filter((word) => !isStopWord(word)), 1)
  if (
    own.length < 2 ||
    /^(?:and|but|so|what about|how about)\b|\b(?:it|that|this|they|them)\b[?]?$/iu.test(text.trim())
  ) {
    add(extractTerms(previous), followUpWeight)
  }
  return weights
}

/**
 * A term the context does not have stands for a form or a misspelling that it does have, else for itself:
 * one edit from six letters, two from seven (a stem may hide one), two swapped letters from four.
 */
function nearestTerm(term: string, vocabulary: ReadonlySet<string>): string {
  if (vocabulary.has(term) || term.length < 4) return term
  let best = term
  let bestDistance = Infinity
  for (const candidate of vocabulary) {
    if (candidate.length < 4 || candidate[0] !== term[0] || /\d/u.test(candidate)) continue
    const distance = spellingDistance(term, candidate)
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

function spellingDistance(term: string, candidate: string): number {
  const gap = Math.abs(candidate.length - term.length)
  if (candidate.startsWith(term) || term.startsWith(candidate)) return gap <= 5 ? gap / 10 : Infinity
  const reach = term.length >= 7 ? 2 : term.length === 6 ? 1 : 0
  if (gap > reach) return Infinity
  const distance = editDistance(term, candidate)
  const isSwap = distance === 1 && sortedLetters(term) === sortedLetters(candidate)
  return distance <= reach || isSwap ? distance : Infinity
}

function sortedLetters(word: string): string {
  return Array.from(word).toSorted().join('')
}
