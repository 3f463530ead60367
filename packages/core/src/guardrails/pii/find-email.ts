import type { Candidate } from '../choose-candidates.ts'
import { isDigit, isLetter, isWord } from '../matching/characters.ts'

const localLimit = 64
const domainLimit = 255
/** Longest address found: local part, "@" and domain. */
export const emailLimit = localLimit + 1 + domainLimit

// Ends of file names and of example hosts, which no mail address has.
const noTopLevel = new Set(
  'png jpg jpeg gif svg webp ico css js ts mjs cjs tsx jsx json yaml yml md html xml txt pdf zip gz local localhost invalid internal test'.split(
    ' ',
  ),
)

/** Adds the mail address around the "@" at `at`, when there is one that starts at or after `from`. */
export function findEmail(text: string, at: number, from: number, found: Candidate[]): void {
  let start = at
  const lowest = Math.max(0, at - localLimit)
  while (start > lowest && isLocalCharacter(text.charCodeAt(start - 1))) start -= 1
  if (start > 0 && start === at - localLimit && isLocalCharacter(text.charCodeAt(start - 1))) return
  while (start < at && !isWord(text.charCodeAt(start))) start += 1
  if (start < from || start === at || text.charCodeAt(at - 1) === 46) return
  const end = endOfDomain(text, at + 1)
  if (end > 0 && !isUserinfo(text, start)) found.push({ kind: 'email', start, end, score: 0.95 })
}

/** End of the domain that starts at `start`, or 0 when none does. A full stop at its end is not part of it. */
function endOfDomain(text: string, start: number): number {
  let at = start
  let lastDot = 0
  const limit = Math.min(text.length, start + domainLimit)
  for (; at < limit; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 46) {
      if (!isWord(text.charCodeAt(at - 1)) || !isWord(text.charCodeAt(at + 1))) break
      lastDot = at
    } else if (!isWord(code) && (code !== 45 || at === start)) break
  }
  if (at === start + domainLimit && at < text.length && isWord(text.charCodeAt(at))) return 0
  while (at > start && text.charCodeAt(at - 1) === 45) at -= 1
  if (lastDot === 0 || at - lastDot < 3 || text.charCodeAt(at) === 64) return 0
  // The last label is letters only: "user@10.0.0.5" and "pkg@1.2.3" are no addresses.
  for (let index = lastDot + 1; index < at; index += 1)
    if (!isLetter(text.charCodeAt(index)) && !isPunycode(text, lastDot + 1)) return 0
  return noTopLevel.has(text.slice(lastDot + 1, at).toLowerCase()) ? 0 : at
}

function isPunycode(text: string, labelStart: number): boolean {
  return text.startsWith('xn--', labelStart)
}

/** `https://user@host` and `redis://:secret@host` name an account on a host, not a mail address. */
function isUserinfo(text: string, start: number): boolean {
  const before = text.slice(Math.max(0, start - localLimit), start)
  return /:\/\/[^\s/?#"'<>]*$/.test(before)
}

function isLocalCharacter(code: number): boolean {
  return (
    isLetter(code) ||
    isDigit(code) ||
    code === 46 || // .
    code === 95 || // _
    code === 45 || // -
    code === 43 || // +
    code === 37 || // %
    code === 39 // '
  )
}
