import type { Candidate } from '../choose-candidates.ts'
import { isDigit, isWord } from '../matching/characters.ts'
import { readContext, scoreInContext } from './context-words.ts'

const networkLimit = 46

/**
 * Adds the IP or MAC address in the token around the digit at `at`, if that is the token's first digit.
 * Addresses that point at nobody (private, loopback, documentation) are left out.
 */
export function findNetwork(text: string, at: number, from: number, found: Candidate[]): void {
  let start = at
  while (start > 0 && at - start <= networkLimit && isAddressCharacter(text.charCodeAt(start - 1))) {
    start -= 1
    if (isDigit(text.charCodeAt(start))) return
  }
  if (at - start > networkLimit) return
  start = firstPair(text, start)
  if (start < from) return
  const before = text.charCodeAt(start - 1)
  if (start > 0 && (before === 95 || before === 45 || before === 47 || before > 191)) {
    if (before !== 47 || isWord(text.charCodeAt(start - 2))) return
  }
  let end = at
  while (end - start <= networkLimit && isAddressCharacter(text.charCodeAt(end))) end += 1
  if (end - start > networkLimit) return
  const after = text.charCodeAt(end)
  const isMacDash = after === 45 && (end - start) % 3 === 2
  if (isMacDash) addMac(text, start, found)
  while (end > start && isClosing(text.charCodeAt(end - 1), text.charCodeAt(end - 2))) end -= 1
  const token = text.slice(start, end)
  if (token.length === 17 && token.includes(':')) addMac(text, start, found)
  else if (token.length === 14 && /^[\da-f]{4}\.[\da-f]{4}\.[\da-f]{4}$/i.test(token))
    add({ text, kind: 'mac', start, end, score: 0.4, found })
  else addIp(text, start, token, found)
}

/** Goes back over hex pairs joined by "-" that hold no digit, such as "AB-CD-" before "01-...". */
function firstPair(text: string, start: number): number {
  let first = start
  for (let pair = 0; pair < 5 && text.charCodeAt(first - 1) === 45 && first > 2; pair += 1) {
    if (!/^[a-f]{2}$/i.test(text.slice(first - 3, first - 1))) break
    first -= 3
  }
  return first
}

function addMac(text: string, start: number, found: Candidate[]): void {
  const token = text.slice(start, start + 17)
  if (!/^[\da-f]{2}([:-])(?:[\da-f]{2}\1){4}[\da-f]{2}$/i.test(token)) return
  if (isAddressCharacter(text.charCodeAt(start + 17)) && text.charCodeAt(start + 17) !== 46) return
  const plain = token.replaceAll(/[:-]/g, '').toLowerCase()
  // Broadcast, zero and multicast addresses belong to no device.
  if (plain === 'ffffffffffff' || plain === '000000000000' || plain.startsWith('01005e')) return
  add({ text, kind: 'mac', start, end: start + 17, score: 0.75, found })
}

function addIp(text: string, start: number, token: string, found: Candidate[]): void {
  if (/^\d/.test(token) && token.includes('.') && !token.includes('::')) {
    const address = token.includes(':') ? token.slice(0, token.indexOf(':')) : token
    const rest = token.slice(address.length)
    if (!isPublicIpV4(address) || !/^(?::\d{1,5})?$/.test(rest)) return
    const end = start + address.length
    // A prefix length names a network, not a machine.
    const isNetwork = /^\/\d/.test(text.slice(end, end + 2))
    const isWeak = isNetwork || isLikeVersion(address)
    add({ text, kind: 'ip', start, end, score: isWeak ? 0.3 : 0.65, found })
    return
  }
  if (token.includes(':') && isPublicIpV6(token))
    add({ text, kind: 'ip', start, end: start + token.length, score: 0.75, found })
}

function isPublicIpV4(address: string): boolean {
  const parts = address.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part))) return false
  const [a = 0, b = 0, c = 0, d = 0] = parts.map(Number)
  if (Math.max(a, b, c, d) > 255) return false
  const isReserved =
    a === 0 || a === 10 || a === 127 || a >= 224 || (a === 169 && b === 254) || (a === 192 && b === 168)
  const isShared = (a === 172 && b >= 16 && b <= 31) || (a === 100 && b >= 64 && b <= 127)
  const isDocumentation =
    (a === 192 && b === 0 && (c === 0 || c === 2)) ||
    (a === 198 && ((b === 51 && c === 100) || b === 18 || b === 19)) ||
    (a === 203 && b === 0 && c === 113)
  // Public resolvers stand in every manual.
  const isWellKnown = ['8.8.8.8', '8.8.4.4', '1.1.1.1', '1.0.0.1', '9.9.9.9', '1.2.3.4'].includes(address)
  return !isReserved && !isShared && !isDocumentation && !isWellKnown
}

/** Versions such as 2.14.0.1 are written like addresses. */
function isLikeVersion(address: string): boolean {
  return address.split('.').every((part) => Number(part) < 30)
}

function isPublicIpV6(token: string): boolean {
  const halves = token.split('::')
  if (halves.length > 2) return false
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  if (!groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return false
  if (halves.length === 1 ? groups.length !== 8 : groups.length > 7 || groups.length < 3) return false
  const first = Number.parseInt(groups[0] ?? '0', 16)
  const isDocumentation = first === 0x2001 && Number.parseInt(groups[1] ?? '0', 16) === 0xdb8
  // Only 2000::/3 is routed.
  return (first & 0xe000) === 0x2000 && !isDocumentation && !token.startsWith('::')
}

type Address = {
  readonly text: string
  readonly kind: string
  readonly start: number
  readonly end: number
  readonly score: number
  readonly found: Candidate[]
}

function add({ text, kind, start, end, score, found }: Address): void {
  found.push({ kind, start, end, score: scoreInContext(kind, score, readContext(text, start)) })
}

function isAddressCharacter(code: number): boolean {
  return isWord(code) || code === 58 || code === 46
}

/** A full stop or colon at the end belongs to the sentence; "::" may end an address. */
function isClosing(last: number, beforeLast: number): boolean {
  return last === 46 || (last === 58 && beforeLast !== 58)
}
