import { editDistance } from '../../graph/index.ts'
import { extractTerms, isStopWord, isWeakTerm, stemWord, tokenizeWords } from '../../text-metrics/index.ts'

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
 * one edit from six letters, two swapped letters from four.
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
  if (candidate.startsWith(term) || term.startsWith(candidate)) {
    // Below five letters a common beginning is chance ("data" and "datadog").
    return gap <= 4 && Math.min(term.length, candidate.length) >= 5 ? gap / 10 : Infinity
  }
  const reach = term.length >= 6 ? 1 : 0
  if (gap > reach) return Infinity
  // Stems write a final y as i; the misspelt word may have its y elsewhere.
  const spelled = candidate.replace(/i$/u, 'y')
  const distance = Math.min(editDistance(term, candidate), editDistance(term, spelled))
  const isSwap = distance === 1 && sortedLetters(term) === sortedLetters(spelled)
  return distance <= reach || isSwap ? distance : Infinity
}

function sortedLetters(word: string): string {
  return Array.from(word).toSorted().join('')
}

/**
 * True when the question is about a name (capitalised inside a sentence) that the context never mentions:
 * whatever else matches, that is hardly the answer.
 */
export function hasUnknownName(text: string, vocabulary: ReadonlySet<string>): boolean {
  const names = text.match(/(?<=[\p{L}\p{N},;]\s+)\p{Lu}[\p{L}\p{N}]{2,}/gu) ?? []
  return names.some((name) => {
    const terms = extractTerms(name)
    return terms.length > 0 && terms.every((term) => !vocabulary.has(nearestTerm(term, vocabulary)))
  })
}
