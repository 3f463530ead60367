import { createHash } from 'node:crypto'

/** An id for a call that a server gave none: the same one whenever the same answer is read, and short enough for all. */
export function callId(seed: string, index: number): string {
  return `call_${seed.replaceAll(/[^a-zA-Z0-9]/g, '').slice(-24)}_${index}`
}

/** The id as Mistral takes it; another id is the same one for its call and its result. */
export function nineLetterCallId(id: string): string {
  return isNineLetters(id) ? id : createHash('sha256').update(id).digest('hex').slice(0, 9)
}

export function isNineLetters(id: string): boolean {
  return /^[a-zA-Z0-9]{9}$/.test(id)
}
