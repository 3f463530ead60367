import type { Candidate } from '../choose-candidates.ts'
import { isLetter, isTokenCharacter } from '../matching/characters.ts'
import { isPlaceholder, measureEntropy } from './measure-entropy.ts'

const nameLimit = 50
const valueLimit = 200
/** How far before a value its name and separator may start. */
export const assignmentReach = nameLimit + 12

const secretNames =
  /passw(?:or)?d|passwort|kennwort|passphrase|passcode|pwd|(?:^|[_.-])p(?:ass|w)$|secret|token|credential|bearer|(?:api|access|auth|account|private|encryption|signing|master|shared|storage|service|secret)[_.-]?key/
const passwordNames = /passw|passphrase|passcode|pwd|kennwort|(?:^|[_.-])p(?:ass|w)$/
const otherNames =
  /(?:count|limit|length|size|type|name|url|uri|path|file|_id|-id|expir\w*|ttl|policy|field|label|hint|tokens|usage|index|ref|header|prefix|version|date|time|at|status|algorithm|hash|min|max|attempts)$/

/**
 * Adds the value assigned at the ":" or "=" at `at`, when its name speaks of a secret and the value looks like
 * one: mixed characters with enough entropy, no placeholder, reference, path or code. The name is not part of it.
 */
export function findAssignment(text: string, at: number, found: Candidate[]): void {
  const next = text.charCodeAt(at + 1)
  if (next === 47 || next === 61 || text.charCodeAt(at - 1) === 61 || text.charCodeAt(at - 1) === 33) return
  const name = nameBefore(text, at)
  if (name === '' || !secretNames.test(name) || otherNames.test(name)) return
  const isPassword = passwordNames.test(name)
  const value = readValue(text, next === 62 || next === 61 ? at + 2 : at + 1)
  if (value === undefined) return
  const kind = kindOf(name, value.text)
  if (isSecretValue(value.text, { isPassword, isQuoted: value.isQuoted }))
    found.push({
      kind,
      start: value.start,
      end: value.start + value.text.length,
      score: isUuid(value.text) ? 0.45 : 0.75,
    })
}

const phrase =
  /(?:pass(?:word|wort|phrase|code)|pwd|contrase[nñ]a|mot de passe|kennwort|clave)(?: (?:for|für|para|pour|del?|to) [\w.@-]{1,20}| wifi)?(?: (?:is|ist|es|est|lautet|=)(?= )|:|=)? ?(?:["'`“«] ?)?/iuy

/** Adds the password in "my password is ..." when the word for it starts at `at`. */
export function findSpokenPassword(text: string, at: number, found: Candidate[]): void {
  phrase.lastIndex = at
  const match = phrase.exec(text)
  if (!match || !/(?:is|ist|es|est|lautet|=|:) ?(?:["'`“«] ?)?$/iu.test(match[0])) return
  const start = at + match[0].length
  let end = start
  while (end - start < 64 && isValueCharacter(text.charCodeAt(end))) end += 1
  while (end > start && '.,;:!?)]}"\'`'.includes(text.charAt(end - 1))) end -= 1
  const value = text.slice(start, end)
  if (isSecretValue(value, { isPassword: true, isQuoted: false }))
    found.push({ kind: 'password', start, end, score: 0.7 })
}

/** First two letters of the words in {@link findSpokenPassword}. */
export const passwordBeginnings = ['pa', 'pw', 'co', 'mo', 'cl', 'ke'] as const

function nameBefore(text: string, at: number): string {
  let end = at
  while (end > 0 && at - end < 5 && ' "\'`\\]:'.includes(text.charAt(end - 1))) end -= 1
  let start = end
  while (start > 0 && end - start < nameLimit) {
    const code = text.charCodeAt(start - 1)
    if (!isTokenCharacter(code) && code !== 46) break
    start -= 1
  }
  return text.slice(start, end).toLowerCase()
}

function readValue(
  text: string,
  from: number,
): { start: number; text: string; isQuoted: boolean } | undefined {
  let start = from
  while (start - from < 3 && text.charCodeAt(start) === 32) start += 1
  if (text.charCodeAt(start) === 92) start += 1
  const quote = text.charAt(start)
  const isQuoted = quote === '"' || quote === "'" || quote === '`'
  if (isQuoted) start += 1
  let end = start
  while (end - start <= valueLimit && isValueCharacter(text.charCodeAt(end))) {
    const character = text.charAt(end)
    if (isQuoted ? character === quote || character === '\\' : ',;"\'`)}]&'.includes(character)) break
    end += 1
  }
  if (end - start > valueLimit) return undefined
  if (!isQuoted) while (end > start && '.!?:'.includes(text.charAt(end - 1))) end -= 1
  return { start, text: text.slice(start, end), isQuoted }
}

type Manner = { readonly isPassword: boolean; readonly isQuoted: boolean }

function isSecretValue(value: string, { isPassword, isQuoted }: Manner): boolean {
  if (value.length < (isPassword ? 6 : 12) || isPlaceholder(value) || isReference(value)) return false
  if (!isQuoted && (/[([]/.test(value) || /^[a-z_$][\w$]*(?:\.[a-z_$][\w$]*)+$/i.test(value))) return false
  let digits = 0
  let letters = 0
  let marks = 0
  for (let index = 0; index < value.length; index += 1) {
    const code = value.charCodeAt(index)
    if (code >= 48 && code <= 57) digits += 1
    else if (isLetter(code)) letters += 1
    else marks += 1
  }
  if (letters === 0 || (digits === 0 && !(isPassword && marks > 0 && /[A-Z]/.test(value)))) return false
  // "worker-pool-2" and "v1beta1" are names, not secrets.
  if (/^[a-z]+\d{0,2}(?:[-_./][a-z]*\d{0,2})+$/i.test(value) && !isPassword) return false
  return measureEntropy(value) >= (isPassword ? 2.2 : 3.2)
}

/** Points at a secret that is kept elsewhere. */
function isReference(value: string): boolean {
  return /^(?:process\.env|os\.environ|env[.:]|vault:|secret:|secrets?\.|arn:|ref:|file:|\/|\.\/|@|#|https?:)/i.test(
    value,
  )
}

function isUuid(value: string): boolean {
  return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value)
}

function kindOf(name: string, value: string): string {
  if (/aws|secret_?access/.test(name) && /^[A-Za-z0-9+/]{40}$/.test(value)) return 'aws-secret-key'
  if (/account_?key/.test(name) && value.endsWith('==')) return 'azure-storage-key'
  return passwordNames.test(name) ? 'password' : 'generic-secret'
}

function isValueCharacter(code: number): boolean {
  return code > 32 && code < 127
}
