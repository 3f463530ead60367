import type { LocalDetectorSpec } from '@ratchet/contract'
import type { Candidate } from '../choose-candidates.ts'
import type { Detector } from '../finding.ts'
import { makeLocalDetector } from '../local-detector.ts'
import { isDigit, isUpper, isWord, isWordAt, trailingTokenStart } from '../matching/characters.ts'
import { contextReach } from './context-words.ts'
import { emailLimit, findEmail } from './find-email.ts'
import { findIban } from './find-iban.ts'
import { findNetwork } from './find-network.ts'
import { findNumbers } from './find-numbers.ts'
import { findPhone } from './find-phone.ts'
import { findSpacedIds, findSpacedNino, findWordIds, wordLimit } from './find-word-ids.ts'

type PiiSpec = Extract<LocalDetectorSpec, { type: 'pii' }>

// Longest kind that may hold spaces, with what is looked at behind it: phone numbers and IBANs.
const spacedLimit = 50

/**
 * Personal data that its form gives away: mail addresses, phone numbers, payment cards, bank accounts, network
 * addresses, wallets and national numbers, with their checksums. Words before a number raise or lower its score.
 */
export function makePiiDetector(spec: PiiSpec): Detector {
  const kinds = spec.kinds && new Set<string>(spec.kinds)
  const longest = !kinds || kinds.has('email') ? emailLimit : wordLimit
  return makeLocalDetector({
    name: 'pii',
    maxMatchLength: longest,
    lookBehind: contextReach + 4,
    minScore: spec.minScore,
    kinds,
    find: findPii,
    openAt: (text, from) => Math.min(text.length - spacedLimit, trailingTokenStart(text, from, longest + 2)),
  })
}

function findPii(text: string, from: number): Candidate[] {
  const found: Candidate[] = []
  let isInNumber = from > 0 && isDigit(text.charCodeAt(from - 1))
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code >= 48 && code <= 57) {
      if (!isInNumber) findAroundNumber(text, { at, from }, found)
      isInNumber = true
    } else {
      isInNumber = false
      if (code === 64) findEmail(text, at, from, found)
    }
  }
  return found
}

/** Everything that may start at, or before, the first digit of a run of digits. */
function findAroundNumber(
  text: string,
  { at, from }: { at: number; from: number },
  found: Candidate[],
): void {
  if (at === 0 || !isWordAt(text, at - 1)) {
    findNumbers(text, at, found)
    const phone = phoneStart(text, at)
    if (phone >= from) findPhone(text, phone, found)
    findSpacedIds(text, at, found)
    if (at - 3 >= from && text.charCodeAt(at - 1) === 32 && isUpper(text.charCodeAt(at - 2)))
      if (at === 3 || !isWordAt(text, at - 4)) findSpacedNino(text, at - 3, found)
  }
  findWords(text, { at, from }, found)
  findNetwork(text, at, from, found)
}

/** Kinds that are one word of letters and digits; looked for at the word's first digit only. */
function findWords(text: string, { at, from }: { at: number; from: number }, found: Candidate[]): void {
  let start = at
  while (start > 0 && at - start < wordLimit && isWord(text.charCodeAt(start - 1))) {
    start -= 1
    if (isDigit(text.charCodeAt(start))) return
  }
  if (start < from || (start > 0 && isJoined(text, start - 1))) return
  if (at - start === 2) findIban(text, start, found)
  let end = at + 1
  while (end - start <= wordLimit && isWord(text.charCodeAt(end))) end += 1
  const length = end - start
  if (length < 7 || length > wordLimit) return
  if (end < text.length && (isWordAt(text, end) || text.charCodeAt(end) === 95)) return
  findWordIds(text, { start, end }, found)
}

/** A letter outside ASCII, "_", or a "-" or "/" that follows a word: the word is part of a longer token. */
function isJoined(text: string, before: number): boolean {
  const code = text.charCodeAt(before)
  if (code === 95 || (code > 127 && isWordAt(text, before))) return true
  return (code === 45 || code === 47) && before > 0 && isWordAt(text, before - 1)
}

/** Where a phone number starts whose first digit is at `at`: at a "+" or "(" before it, if there is one. */
function phoneStart(text: string, at: number): number {
  let start = at
  while (start > 0 && at - start < 2) {
    const before = text.charCodeAt(start - 1)
    if (before !== 40 && before !== 43) break
    start -= 1
  }
  return start
}
