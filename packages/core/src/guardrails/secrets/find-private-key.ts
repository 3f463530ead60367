import type { Candidate } from '../choose-candidates.ts'
import { isWord } from '../matching/characters.ts'

/** Longest key block found, with its frame: an RSA key of 8192 bits takes about 6500 characters. */
export const privateKeyLimit = 8192
const begin = '-----BEGIN '
// A line of key text is longer than words are; between two such lines stand header words at most.
const longRun = 24
const mostShortRuns = 8

type Block = { readonly end: number; readonly isClosed: boolean; readonly isKey: boolean }

/** Adds the private key (PEM or PGP) whose frame starts at `start`, also when its end is missing. */
export function findPrivateKey(text: string, start: number, found: Candidate[]): void {
  const block = readBlock(text, start)
  if (block?.isKey) found.push({ kind: 'private-key', start, end: block.end, score: 0.98 })
}

/** First frame from `from` on whose key may still go on after the end of the text, or the text's length. */
export function openPrivateKey(text: string, from: number): number {
  for (let at = text.indexOf(begin, from); at >= 0; at = text.indexOf(begin, at + begin.length)) {
    const block = readBlock(text, at)
    if (block && !block.isClosed && text.length - at < privateKeyLimit) return at
  }
  return text.length
}

/** Undefined when the frame is of something else, such as a certificate. */
function readBlock(text: string, start: number): Block | undefined {
  if (!text.startsWith(begin, start)) return undefined
  const label =
    /^[A-Z0-9 ]{0,40}/.exec(text.slice(start + begin.length, start + begin.length + 40))?.[0] ?? ''
  const labelEnd = start + begin.length + label.length
  const isOpen = labelEnd + 5 > text.length && '-----'.startsWith(text.slice(labelEnd))
  if (isOpen) return { end: text.length, isClosed: false, isKey: false }
  if (!text.startsWith('-----', labelEnd) || !label.includes('PRIVATE KEY')) return undefined
  return readBody(text, labelEnd + 5, Math.min(text.length, start + privateKeyLimit))
}

/** Reads lines of key text up to the closing frame, or to where something else begins. */
function readBody(text: string, start: number, limit: number): Block {
  let at = start
  let lastLong = 0
  let shortRuns = 0
  while (at < limit && shortRuns <= mostShortRuns) {
    while (at < limit && isBetweenRuns(text, at)) at += 1
    if (text.startsWith('-----', at)) break
    const run = at
    while (at < limit && !isBetweenRuns(text, at) && !text.startsWith('-----', at)) at += 1
    if (at - run >= longRun && isKeyText(text, run, at)) {
      lastLong = at
      shortRuns = 0
    } else {
      shortRuns += 1
      // The last line of a key is short, so one short run after a long one belongs to it.
      if (shortRuns === 1 && lastLong > 0 && isKeyText(text, run, at)) lastLong = at
    }
  }
  const closing = /^-----END [A-Z0-9 ]{0,40}-----/.exec(text.slice(at, Math.min(limit, at + 60)))
  if (closing) return { end: at + closing[0].length, isClosed: true, isKey: lastLong > 0 }
  // A run that the end of the text cuts off may yet be a long one.
  const mayGoOn = shortRuns <= mostShortRuns || at === text.length
  return { end: lastLong, isClosed: !mayGoOn, isKey: lastLong > 0 }
}

/** White space, line ends escaped as in JSON, and quotes of source code. */
function isBetweenRuns(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  if (code <= 32 || code === 34 || code === 44 || code === 92) return true
  return (code === 110 || code === 114) && text.charCodeAt(at - 1) === 92
}

function isKeyText(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const code = text.charCodeAt(at)
    if (!isWord(code) && code !== 43 && code !== 47 && code !== 61) return false
  }
  return true
}
