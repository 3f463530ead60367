import { AppError, type LocalDetectorSpec } from '@ratchet/contract'
import type { Candidate } from '../choose-candidates.ts'
import type { Detector } from '../finding.ts'
import { makeLocalDetector } from '../local-detector.ts'
import { base64Folding, foldText, letterFolding } from '../matching/fold-text.ts'
import { makePhraseAutomaton, matchPhrases, type PhraseAutomaton } from '../matching/phrase-automaton.ts'

type CanarySpec = Extract<LocalDetectorSpec, { type: 'canary' }>

/** Other characters that may stand between two of a token, as in "r-a-t c h e t". */
const mostGap = 4
const fewestCharacters = 6

/**
 * Leaks of planted texts: as they are, in other case, spaced out or dotted, reversed, rotated by 13 letters, as hex (also in
 * percent escapes) and as base64 at any offset. Throws `validation_failed` for a token with too few letters and digits.
 */
export function makeCanaryDetector(spec: CanarySpec): Detector {
  for (const [index, token] of spec.tokens.entries()) {
    if (foldText(token, letterFolding).length >= fewestCharacters) continue
    throw new AppError('validation_failed', {
      message: `Canary token ${index + 1} ("${token}") has fewer than ${fewestCharacters} letters and digits, so it would be found by chance. Use a longer one, such as a random hex number.`,
      details: { field: `tokens.${index}` },
    })
  }
  const plain = makePhraseAutomaton(spec.tokens.flatMap(letterForms), letterFolding)
  const encoded = makePhraseAutomaton(spec.tokens.flatMap(base64Forms), base64Folding)
  const longest = Math.max(plain.longest, encoded.longest) * (1 + mostGap)
  const collect = (automaton: PhraseAutomaton, text: string, from: number, found: Candidate[]): number =>
    matchPhrases(automaton, { text, from, mostGap }, ({ start, end }) => {
      found.push({ kind: 'canary', start, end, score: 1 })
    })
  return makeLocalDetector({
    name: 'canary',
    maxMatchLength: longest,
    lookBehind: 0,
    minScore: 0,
    find: (text, from) => {
      const found: Candidate[] = []
      collect(plain, text, from, found)
      collect(encoded, text, from, found)
      return found
    },
    openAt: (text, from) => {
      const tail = Math.max(from, text.length - longest)
      return Math.min(collect(plain, text, tail, []), collect(encoded, text, tail, []))
    },
  })
}

function letterForms(token: string): string[] {
  const letters = foldText(token, letterFolding)
  const hex = Array.from(bytesOf(token), (byte) => byte.toString(16).padStart(2, '0')).join('')
  return [letters, Array.from(letters).toReversed().join(''), rotate13(letters), hex]
}

function rotate13(letters: string): string {
  return letters.replace(/[a-z]/g, (letter) => String.fromCharCode(((letter.charCodeAt(0) - 84) % 26) + 97))
}

/** What every base64 text that holds the token must hold, for the three ways its bytes can fall on groups. */
function base64Forms(token: string): string[] {
  const bytes = bytesOf(token)
  return [0, 1, 2].map((shift) => {
    const padded = new Uint8Array(shift + bytes.length)
    padded.set(bytes, shift)
    const encoded = btoa(String.fromCharCode(...padded)).replace(/=+$/, '')
    // Characters that also hold bits of neighbouring bytes are left out.
    const first = shift === 0 ? 0 : shift + 1
    const rest = (shift + bytes.length) % 3
    return encoded.slice(first, rest === 0 ? undefined : -1)
  })
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
