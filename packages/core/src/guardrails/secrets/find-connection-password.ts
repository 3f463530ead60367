import type { Candidate } from '../choose-candidates.ts'
import { isPlaceholder } from './measure-entropy.ts'

const accountLimit = 64
const passwordLimit = 256
/** How far before a password its `scheme://user:` may start, from the "://" on. */
export const connectionReach = accountLimit + 4

const sampleWords =
  /^(?:password|passwd|pass|pwd|secret|pw|root|admin|user|username|test|guest|default|postgres|mysql|mongo|redis|hunter2|\S{0,12}(?:password|passwd|pass))$/i

/**
 * Adds the password of the address whose "://" is at `at`, as in `postgres://app:secret@db.internal/app`.
 * Sample passwords, and those of a server on the same machine, score low.
 */
export function findConnectionPassword(text: string, at: number, found: Candidate[]): void {
  let start = at + 3
  while (start - at < connectionReach && isAccountCharacter(text.charCodeAt(start))) start += 1
  if (text.charCodeAt(start) !== 58) return
  start += 1
  let end = 0
  for (let index = start; index - start <= passwordLimit; index += 1) {
    const code = text.charCodeAt(index)
    if (code === 64) end = index
    else if (!(code > 32 && code < 127) || '/?#"\'`<>'.includes(text.charAt(index))) break
  }
  if (end - start < 3) return
  const password = text.slice(start, end)
  const account = text.slice(at + 3, start - 1)
  const isSample = isPlaceholder(password) || sampleWords.test(password) || password === account
  const isLocal = /^(?:localhost|127\.|0\.0\.0\.0)/.test(text.slice(end + 1, end + 10))
  found.push({ kind: 'connection-string', start, end, score: isSample ? 0.3 : isLocal ? 0.5 : 0.9 })
}

function isAccountCharacter(code: number): boolean {
  return code > 32 && code < 127 && !'/?#:@"\'`<>'.includes(String.fromCharCode(code))
}
