import type { LocalDetectorSpec } from '@ratchet/contract'
import type { Candidate } from '../choose-candidates.ts'
import type { Detector } from '../finding.ts'
import { makeLocalDetector } from '../local-detector.ts'
import { isWordAt } from '../matching/characters.ts'
import { wordFolding } from '../matching/fold-text.ts'
import { makePhraseAutomaton, matchPhrases } from '../matching/phrase-automaton.ts'

type WordsSpec = Extract<LocalDetectorSpec, { type: 'words' }>

// Accents, invisible characters and extra spaces that may stand between two characters of a word.
const mostGap = 8
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Hangul}]/u
const mark = /\p{M}/u

/**
 * Denied words and phrases, without regard to case, accents, invisible characters and width. An allowed phrase
 * excuses the denied words inside it. Thousands of words cost no more time than one.
 */
export function makeWordsDetector(spec: WordsSpec): Detector {
  const phrases = [...spec.deny, ...spec.allow].map((phrase) => phrase.trim())
  const automaton = makePhraseAutomaton(phrases, wordFolding)
  const bounds = phrases.map((phrase) => ({
    start: spec.wholeWord && !unspaced.test(phrase.slice(0, 1)),
    end: spec.wholeWord && !unspaced.test(phrase.slice(-1)),
  }))
  const collect = (text: string, from: number): { found: Candidate[]; open: number } => {
    const found: Candidate[] = []
    const open = matchPhrases(automaton, { text, from, mostGap }, ({ phrase, start, end: matched }) => {
      const end = endOfMarks(text, matched)
      const bound = bounds[phrase]
      if (bound?.start && start > 0 && isInWord(text, start - 1)) return
      if (bound?.end && end < text.length && isInWord(text, end)) return
      // Allowed phrases outrank denied ones, hide those inside them, and are dropped at the end.
      const isAllowed = phrase >= spec.deny.length
      found.push({ kind: isAllowed ? 'allowed' : 'denied', start, end, score: isAllowed ? 2 : 1 })
    })
    return { found, open }
  }
  return makeLocalDetector({
    name: 'words',
    maxMatchLength: automaton.longest * (1 + mostGap) + mostGap,
    lookBehind: 2,
    minScore: 0,
    kinds: new Set(['denied']),
    find: (text, from) => collect(text, from).found,
    openAt: (text, from) => {
      const tail = text.length - automaton.longest * (1 + mostGap) - mostGap
      return collect(text, Math.max(from, tail)).open
    },
  })
}

/** Accents after the last letter belong to it. */
function endOfMarks(text: string, end: number): number {
  let at = end
  while (at - end < mostGap && text.charCodeAt(at) > 767 && mark.test(text.charAt(at))) at += 1
  return at
}

function isInWord(text: string, at: number): boolean {
  return isWordAt(text, at) || mark.test(text.charAt(at))
}
