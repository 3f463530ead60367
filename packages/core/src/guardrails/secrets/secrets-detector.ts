import type { LocalDetectorSpec } from '@ratchet/contract'
import type { Candidate } from '../choose-candidates.ts'
import type { Detector } from '../finding.ts'
import { makeLocalDetector } from '../local-detector.ts'
import { isTokenCharacter, trailingTokenStart } from '../matching/characters.ts'
import { assignmentReach, findAssignment, findSpokenPassword, passwordBeginnings } from './find-assignment.ts'
import { connectionReach, findConnectionPassword } from './find-connection-password.ts'
import { findPrivateKey, openPrivateKey, privateKeyLimit } from './find-private-key.ts'
import { findProviderKey, findTelegramToken } from './find-provider-key.ts'
import { firstTwo, secretRules } from './secret-rules.ts'

type SecretsSpec = Extract<LocalDetectorSpec, { type: 'secrets' }>

// What announces a secret may stand this far before it.
const reach = Math.max(assignmentReach, connectionReach)

/**
 * Credentials: keys in the shape of their provider, private keys, web tokens, passwords in connection strings,
 * and values assigned to names that speak of secrets. Placeholders and references to secrets are left out.
 */
export function makeSecretsDetector(spec: SecretsSpec): Detector {
  return makeLocalDetector({
    name: 'secrets',
    maxMatchLength: privateKeyLimit,
    lookBehind: 2 * reach,
    minScore: spec.minScore,
    find: (text, from) => {
      const found = findSecrets(text, from)
      if (spec.allow.length === 0) return found
      return found.filter(({ start, end }) => !spec.allow.includes(text.slice(start, end)))
    },
    openAt: (text, from) => {
      const token = trailingTokenStart(text, from, privateKeyLimit + 1)
      return Math.min(token, openPrivateKey(text, from))
    },
  })
}

// What a word may be the beginning of, by its first two characters; and which characters make up words.
const providerKey = 1
const privateKey = 2
const spokenPassword = 4
const marks = markBeginnings()
const isToken = Uint8Array.from({ length: 128 }, (_, code) => (isTokenCharacter(code) ? 1 : 0))

function findSecrets(text: string, from: number): Candidate[] {
  const found: Candidate[] = []
  const first = Math.max(0, from - reach)
  let wasToken = first > 0 && isToken[text.charCodeAt(first - 1)] === 1
  for (let at = first; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (isToken[code] === 1) {
      if (!wasToken) {
        const mark = marks[(code << 7) | (text.charCodeAt(at + 1) & 127)] ?? 0
        if (mark > 0) findAtWord(text, at, { mark, found })
      }
      wasToken = true
    } else {
      wasToken = false
      if (code === 58 && text.startsWith('//', at + 1)) findConnectionPassword(text, at, found)
      else if (code === 58 || code === 61) {
        findAssignment(text, at, found)
        if (code === 58 && text.startsWith('AA', at + 1)) findTelegramToken(text, at, found)
      }
    }
  }
  return first === from ? found : found.filter(({ start }) => start >= from)
}

function findAtWord(text: string, at: number, { mark, found }: { mark: number; found: Candidate[] }): void {
  if ((mark & providerKey) > 0) findProviderKey(text, at, found)
  if ((mark & privateKey) > 0) findPrivateKey(text, at, found)
  if ((mark & spokenPassword) > 0) findSpokenPassword(text, at, found)
}

function markBeginnings(): Uint8Array {
  const beginnings = new Uint8Array(128 * 128)
  const mark = (pair: string, bit: number): void => {
    const place = firstTwo(pair.charCodeAt(0), pair.charCodeAt(1))
    beginnings[place] = (beginnings[place] ?? 0) | bit
  }
  for (const rules of secretRules.values()) for (const { prefix } of rules) mark(prefix, providerKey)
  for (const other of ['ey', 'rk']) mark(other, providerKey)
  mark('--', privateKey)
  for (const pair of passwordBeginnings)
    for (const first of [pair.charAt(0), pair.charAt(0).toUpperCase()])
      for (const second of [pair.charAt(1), pair.charAt(1).toUpperCase()])
        mark(first + second, spokenPassword)
  return beginnings
}
