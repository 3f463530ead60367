import type { Candidate } from '../choose-candidates.ts'
import { isDigit, isTokenCharacter } from '../matching/characters.ts'
import { isPlaceholder, measureEntropy } from './measure-entropy.ts'
import { characterSets, firstTwo, secretRules, setBits, type SecretRule } from './secret-rules.ts'

/** Longest JSON Web Token found. */
export const webTokenLimit = 8000
const fewestBits = 2.8

/** Adds the provider key, web token or Ratchet key that starts at `start`, the first character of a word. */
export function findProviderKey(text: string, start: number, found: Candidate[]): void {
  const rules = secretRules.get(firstTwo(text.charCodeAt(start), text.charCodeAt(start + 1)))
  for (const rule of rules ?? []) {
    if (!text.startsWith(rule.prefix, start)) continue
    const end = endOfKey(text, start + rule.prefix.length, rule)
    if (end === 0) continue
    add(text, { kind: rule.kind, start, end, score: 0.95 }, found)
    return
  }
  if (text.startsWith('rk_', start)) findRatchetKey(text, start, found)
  if (text.startsWith('eyJ', start)) findWebToken(text, start, found)
}

function endOfKey(text: string, start: number, rule: SecretRule): number {
  const end = endOfRun(text, { start, bit: setBits[rule.characters], limit: rule.most + 1 })
  const trimmed = rule.characters === 'dotted' ? trimDots(text, start, end) : end
  const length = trimmed - start
  if (length < rule.fewest || length > rule.most) return 0
  // A key of digits and capitals that goes on in lower case is another word.
  return isTokenCharacter(text.charCodeAt(trimmed)) ? 0 : trimmed
}

/** Adds the Telegram bot token whose ":" is at `at`: the number of the bot, then 35 characters. */
export function findTelegramToken(text: string, at: number, found: Candidate[]): void {
  let start = at
  while (at - start <= 10 && isDigit(text.charCodeAt(start - 1))) start -= 1
  if (at - start < 8 || at - start > 10 || isTokenCharacter(text.charCodeAt(start - 1))) return
  const end = endOfRun(text, { start: at + 1, bit: setBits.token, limit: 36 })
  if (end - at === 36) add(text, { kind: 'telegram-token', start, end, score: 0.9 }, found)
}

/** `rk_<public>_<secret>`. */
function findRatchetKey(text: string, start: number, found: Candidate[]): void {
  const match = /^rk_[A-Za-z0-9]{4,32}_[A-Za-z0-9_-]{16,128}(?![\w-])/.exec(text.slice(start, start + 166))
  if (match) add(text, { kind: 'ratchet-key', start, end: start + match[0].length, score: 0.95 }, found)
}

/** Header and payload are JSON objects, so both start with `eyJ`; the signature may be missing (`alg: none`). */
function findWebToken(text: string, start: number, found: Candidate[]): void {
  const limit = start + webTokenLimit
  const header = endOfSegment(text, start, limit)
  if (header - start < 16 || !text.startsWith('.eyJ', header)) return
  const payload = endOfSegment(text, header + 1, limit)
  if (payload - header < 12) return
  const end = text.charCodeAt(payload) === 46 ? endOfSegment(text, payload + 1, limit) : payload
  found.push({ kind: 'jwt', start, end: end === payload + 1 ? payload : end, score: 0.95 })
}

function endOfSegment(text: string, start: number, limit: number): number {
  return endOfRun(text, { start, bit: setBits.token, limit: limit - start })
}

function endOfRun(
  text: string,
  { start, bit, limit }: { start: number; bit: number; limit: number },
): number {
  let at = start
  while (at - start < limit && ((characterSets[text.charCodeAt(at)] ?? 0) & bit) !== 0) at += 1
  return at
}

function trimDots(text: string, start: number, end: number): number {
  let at = end
  while (at > start && text.charCodeAt(at - 1) === 46) at -= 1
  return at
}

function add(text: string, candidate: Candidate, found: Candidate[]): void {
  const value = text.slice(candidate.start, candidate.end)
  if (!isPlaceholder(value) && measureEntropy(value) >= fewestBits) found.push(candidate)
}
