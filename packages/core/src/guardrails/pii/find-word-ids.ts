import type { Candidate } from '../choose-candidates.ts'
import { readContext, scoreInContext } from './context-words.ts'
import { isDay } from './national-checks.ts'
import { scoreWallet } from './find-wallet.ts'

/** Longest word that is looked at: a bech32 address. */
export const wordLimit = 62

type Form = {
  readonly kind: string
  readonly lengths: readonly [fewest: number, most: number]
  readonly score: (word: string) => number
}

// Letters where digits are expected ("AB 12 34 56 C") come in other forms below.
const forms: readonly Form[] = [
  { kind: 'crypto-wallet', lengths: [26, 62], score: scoreWallet },
  { kind: 'codice-fiscale-it', lengths: [16, 16], score: (word) => (isCodiceFiscale(word) ? 0.95 : 0) },
  { kind: 'dni-es', lengths: [9, 9], score: (word) => (isDni(word) ? 0.7 : 0) },
  { kind: 'nie-es', lengths: [9, 9], score: (word) => (isNie(word) ? 0.8 : 0) },
  { kind: 'nric-sg', lengths: [9, 9], score: (word) => (isNric(word) ? 0.8 : 0) },
  { kind: 'nino-uk', lengths: [9, 9], score: (word) => (isNino(word) ? 0.7 : 0) },
  {
    kind: 'pan-in',
    lengths: [10, 10],
    score: (word) => (/^[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]$/.test(word) ? 0.6 : 0),
  },
  { kind: 'resident-id-cn', lengths: [18, 18], score: (word) => (isResidentId(word) ? 0.9 : 0) },
  { kind: 'nir-fr', lengths: [15, 15], score: (word) => (isCorsicanNir(word) ? 0.9 : 0) },
  // Nothing tells a passport number from other codes but the words before it.
  {
    kind: 'passport',
    lengths: [7, 10],
    score: (word) => (/^[A-Z]{0,3}\d{6,9}[A-Z]?$/.test(word) ? 0.15 : 0),
  },
]

/** Adds the kinds that the word from `start` to `end`, which holds a digit, can be. */
export function findWordIds(
  text: string,
  { start, end }: { start: number; end: number },
  found: Candidate[],
): void {
  const length = end - start
  let word = ''
  for (const form of forms) {
    if (length < form.lengths[0] || length > form.lengths[1]) continue
    word ||= text.slice(start, end)
    const base = form.score(word)
    if (base > 0) addInContext(text, { kind: form.kind, start, end, score: base }, found)
  }
}

/** Adds numbers whose letters stand apart: "12345678-Z", "131052-308T", "AB 12 34 56 C". */
export function findSpacedIds(text: string, start: number, found: Candidate[]): void {
  const piece = text.slice(start, start + 14)
  const dni = /^(\d{8})[- ]([A-Z])(?![\p{L}\p{N}])/u.exec(piece)
  if (dni && isDni(`${dni[1]}${dni[2]}`))
    addInContext(
      text,
      { kind: 'dni-es', start, end: start + 10, score: dni[0][8] === '-' ? 0.7 : 0.4 },
      found,
    )
  const hetu = /^\d{6}[-+A-FU-Y]\d{3}[\dA-Y](?![\p{L}\p{N}-])/u.exec(piece)
  if (hetu && isHetu(hetu[0]))
    addInContext(text, { kind: 'hetu-fi', start, end: start + 11, score: 0.85 }, found)
}

/** Adds the British number in groups whose first letters start at `start`. */
export function findSpacedNino(text: string, start: number, found: Candidate[]): void {
  const match = /^[A-Z]{2} \d\d \d\d \d\d [A-D](?![\p{L}\p{N}])/u.exec(text.slice(start, start + 14))
  if (match && isNino(match[0].replaceAll(' ', '')))
    addInContext(text, { kind: 'nino-uk', start, end: start + 13, score: 0.8 }, found)
}

function addInContext(text: string, candidate: Candidate, found: Candidate[]): void {
  const { kind, start, score } = candidate
  found.push({ ...candidate, score: scoreInContext(kind, score, readContext(text, start)) })
}

const dniLetters = 'TRWAGMYFPDXBNJZSQVHLCKE'

function isDni(word: string): boolean {
  return (
    /^\d{8}[A-Z]$/i.test(word) && dniLetters[Number(word.slice(0, 8)) % 23] === word.charAt(8).toUpperCase()
  )
}

function isNie(word: string): boolean {
  if (!/^[XYZ]\d{7}[A-Z]$/i.test(word)) return false
  return isDni(`${'XYZ'.indexOf(word.charAt(0).toUpperCase())}${word.slice(1)}`)
}

const oddValues = [
  1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
]

/** Italian tax code. Where two people would share one, digits are written as letters (L is 0 to V is 9). */
function isCodiceFiscale(word: string): boolean {
  const code = word.toUpperCase()
  if (!/^[A-Z]{6}[\dL-NP-V]{2}[A-EHLMPRST][\dL-NP-V]{2}[A-Z][\dL-NP-V]{3}[A-Z]$/.test(code)) return false
  let sum = 0
  for (let index = 0; index < 15; index += 1) {
    const value = Number.parseInt(code.charAt(index), 36)
    const place = value > 9 ? value - 10 : value
    sum += index % 2 === 0 ? (oddValues[place] ?? 0) : place
  }
  return String.fromCharCode(65 + (sum % 26)) === code.charAt(15)
}

/** Singapore: S and T for citizens, F, G and M for others. */
function isNric(word: string): boolean {
  if (!/^[STFGM]\d{7}[A-Z]$/.test(word)) return false
  const first = word.charAt(0)
  const offset = first === 'T' || first === 'G' ? 4 : first === 'M' ? 3 : 0
  const sum = [2, 7, 6, 5, 4, 3, 2].reduce(
    (total, weight, index) => total + weight * Number(word[index + 1]),
    offset,
  )
  if (first === 'M') return 'KLJNPQRTUWX'.charAt(10 - (sum % 11)) === word.charAt(8)
  return ('ST'.includes(first) ? 'JZIHGFEDCBA' : 'XWUTRQPNMLK').charAt(sum % 11) === word.charAt(8)
}

function isNino(word: string): boolean {
  return /^(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]$/.test(word)
}

const hetuCharacters = '0123456789ABCDEFHJKLMNPRSTUVWXY'

function isHetu(word: string): boolean {
  const number = Number(word.slice(0, 6) + word.slice(7, 10))
  return (
    isDay(Number(word.slice(0, 2)), Number(word.slice(2, 4))) &&
    Number(word.slice(7, 10)) >= 2 &&
    hetuCharacters[number % 31] === word.charAt(10)
  )
}

function isResidentId(word: string): boolean {
  if (!/^[1-9]\d{5}(?:18|19|20)\d{9}[\dXx]$/.test(word)) return false
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
  const sum = weights.reduce((total, weight, index) => total + weight * Number(word[index]), 0)
  const isDate = isDay(Number(word.slice(12, 14)), Number(word.slice(10, 12)))
  return isDate && '10X98765432'.charAt(sum % 11) === word.charAt(17).toUpperCase()
}

/** French numbers of people born on Corsica, whose department has a letter (2A counts as 19, 2B as 18). */
function isCorsicanNir(word: string): boolean {
  if (!/^[12]\d{4}2[AB]\d{8}$/.test(word)) return false
  const digits = word.slice(0, 13).replace('2A', '19').replace('2B', '18')
  return 97 - (Number(digits) % 97) === Number(word.slice(13))
}
