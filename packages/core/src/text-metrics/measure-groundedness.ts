import { extractTerms } from './extract-terms.ts'
import { isAbstention } from './is-abstention.ts'
import { splitSentences } from './split-sentences.ts'

/**
 * `score` is null when the answer makes no checkable statement (empty, only an abstention, only stop words):
 * nothing can be called grounded or not.
 */
export type Groundedness = {
  readonly score: number | null
  readonly sentences: number
  readonly unsupported: readonly string[]
}

/**
 * Lexical groundedness: the share of answer sentences supported by the contexts. A sentence is supported
 * when at least `support` (0.6) of its distinct content-word stems occur in one and the same context
 * passage. Citation markers, headings and sentences that say "I could not find this" are not counted.
 * A word overlap, not entailment: a negated copy of a passage counts as supported.
 */
export function measureGroundedness(
  answer: string,
  contexts: readonly string[],
  options: { readonly support?: number } = {},
): Groundedness {
  const { support = 0.6 } = options
  const passages = contexts.map((context) => new Set(extractTerms(context)))
  const unsupported: string[] = []
  let sentences = 0
  for (const { text, kind } of splitSentences(answer)) {
    if (kind === 'heading' || isAbstention(text)) continue
    const terms = new Set(extractTerms(text.replace(/\[\d+\]/gu, ' ')))
    if (terms.size === 0) continue
    sentences++
    const isSupported = passages.some((passage) => countShared(terms, passage) >= support * terms.size)
    if (!isSupported) unsupported.push(text)
  }
  return { score: sentences === 0 ? null : 1 - unsupported.length / sentences, sentences, unsupported }
}

function countShared(terms: ReadonlySet<string>, passage: ReadonlySet<string>): number {
  let shared = 0
  for (const term of terms) if (passage.has(term)) shared++
  return shared
}
