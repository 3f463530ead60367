import type { InjectionKind, LocalDetectorSpec } from '@ratchet/contract'
import type { Candidate } from '../choose-candidates.ts'
import type { Detector } from '../finding.ts'
import { makeLocalDetector } from '../local-detector.ts'
import { foldText, wordFolding } from '../matching/fold-text.ts'
import { isLetter } from '../matching/characters.ts'
import { matchPhrases } from '../matching/phrase-automaton.ts'
import { decodeHidden } from './decode-hidden.ts'
import { aboutAttacks, aboutQuotes, injectionRules, isDefence } from './injection-rules.ts'
import { foldSentence, triggerAutomaton, triggerMasks } from './injection-triggers.ts'
import { segmentEnd, segmentLimit, skipSpace } from './split-segments.ts'

type InjectionSpec = Extract<LocalDetectorSpec, { type: 'injection' }>
type Judge = (sentence: string, touched: number) => { kind: InjectionKind; score: number } | undefined

const mostGap = 8
const everyGroup = -1

/**
 * Sentences that try to take over a model: orders to drop its instructions or to show them, unrestricted
 * personas, marks of chat templates, documents that speak to the model, sending data out, and all of this
 * in base64 or hex. Scored per sentence, so long texts do not add up. A signal by wording, not a proof.
 */
export function makeInjectionDetector(spec: InjectionSpec): Detector {
  const kinds = spec.kinds && new Set<string>(spec.kinds)
  const rules = kinds ? injectionRules.filter(({ kind }) => kinds.has(kind)) : injectionRules
  const allow = spec.allow.map((phrase) => foldText(phrase, wordFolding).trim())
  const judge: Judge = (sentence, touched) => {
    const tried = rules.filter(({ needed }) => (needed & touched) === needed)
    if (tried.length === 0) return undefined
    const folded = foldSentence(sentence)
    if (allow.some((phrase) => folded.includes(phrase))) return undefined
    let best: { kind: InjectionKind; score: number } | undefined
    for (const { kind, pattern, score } of tried) {
      if (best && score <= best.score) continue
      const match = pattern.exec(folded)
      const certainty = match ? score - doubt(folded, match, kind) : 0
      if (certainty > (best?.score ?? 0)) best = { kind, score: certainty }
    }
    return best
  }
  const seesEncoded = !kinds || kinds.has('encoded')
  return makeLocalDetector({
    name: 'injection',
    maxMatchLength: segmentLimit,
    lookBehind: 0,
    minScore: spec.minScore,
    find: (text, from) => findInjections(text, { from, judge, seesEncoded }),
    openAt: (text, from) => {
      let start = skipSpace(text, from)
      for (let end = segmentEnd(text, start, false); end >= 0; end = segmentEnd(text, start, false))
        start = skipSpace(text, end)
      return start
    },
  })
}

function findInjections(
  text: string,
  { from, judge, seesEncoded }: { from: number; judge: Judge; seesEncoded: boolean },
): Candidate[] {
  const touches: Touch[] = []
  matchPhrases(triggerAutomaton, { text, from, mostGap }, ({ phrase, start }) => {
    touches.push({ start, mask: triggerMasks[phrase] ?? 0 })
  })
  touches.sort((first, second) => first.start - second.start)
  const found: Candidate[] = []
  let next = 0
  for (let start = skipSpace(text, from); start < text.length;) {
    const end = segmentEnd(text, start, true)
    let touched = hasSpacedWord(text, start, end) ? everyGroup : 0
    for (let touch = touches[next]; touch && touch.start < end; touch = touches[next]) {
      touched |= touch.mask
      next += 1
    }
    const verdict =
      (touched !== 0 ? judge(text.slice(start, end), touched) : undefined) ??
      (seesEncoded && hasLongRun(text, start, end) ? judgeHidden(text.slice(start, end), judge) : undefined)
    if (verdict) found.push({ ...verdict, start, end: trimEnd(text, start, end) })
    start = skipSpace(text, end)
  }
  return found
}

type Touch = { readonly start: number; readonly mask: number }

function judgeHidden(piece: string, judge: Judge): ReturnType<Judge> {
  const hidden = decodeHidden(piece)
  const inner = hidden === '' ? undefined : judge(hidden, everyGroup)
  return inner && inner.score >= 0.5 ? { kind: 'encoded', score: 0.9 } : undefined
}

/** How much less sure a match is where it is quoted, named as an attack, or a rule against foreign orders. */
function doubt(folded: string, match: RegExpExecArray, kind: InjectionKind): number {
  const before = folded.slice(0, match.index + 1)
  const quotes = before.match(/["“”„«`]|(?<!\p{L})['‘](?=\p{L})/gu)?.length ?? 0
  const isQuoted = quotes % 2 === 1
  let less = 0
  if (aboutAttacks.test(folded)) less += isQuoted || kind === 'role-marker' ? 0.45 : 0.2
  else if (isQuoted && (before.length > 40 || aboutQuotes.test(before)))
    less += aboutQuotes.test(before) ? 0.4 : 0.15
  if (isDefence.test(folded)) less += 0.5
  return less
}

/** A run of characters as in base64 or hex that is longer than words are. */
function hasLongRun(text: string, start: number, end: number): boolean {
  let run = 0
  for (let at = start; at < end; at += 1) {
    const code = text.charCodeAt(at)
    const isEncoded =
      (code >= 48 && code <= 57) || ((code | 32) >= 97 && (code | 32) <= 122) || code === 43 || code === 47
    run = isEncoded || code === 45 || code === 95 ? run + 1 : 0
    if (run >= 32) return true
  }
  return false
}

/** Four single letters or more with a space between each, as in "i g n o r e". */
function hasSpacedWord(text: string, start: number, end: number): boolean {
  let letters = 0
  for (let at = start; at < end; at += 1) {
    if (text.charCodeAt(at) === 32) continue
    const isAlone =
      (at === start || text.charCodeAt(at - 1) <= 32) && (at + 1 === end || text.charCodeAt(at + 1) <= 32)
    letters = isAlone && isLetter(text.charCodeAt(at)) ? letters + 1 : 0
    if (letters >= 4) return true
  }
  return false
}

function trimEnd(text: string, start: number, end: number): number {
  let at = end
  while (at > start && text.charCodeAt(at - 1) <= 32) at -= 1
  return at
}
