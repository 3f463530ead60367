import { AppError } from '@ratchet/contract'

/** Where a value stands in a body: bytes `start` up to, not including, `end`. */
export type ByteRange = { readonly start: number; readonly end: number }

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d
const colon = 0x3a

/**
 * Finds the values of top-level fields in the bytes of a JSON object, and says whether its top level is whole: one
 * object of names and values, and nothing after it. What is inside the values is not looked at. Nothing is decoded
 * except names with escapes, and a wrong escape throws a SyntaxError. A field given twice comes back twice. Throws
 * `invalid_json` for values nested so deep that whoever walks them by recursion would run out of stack.
 */
export function scanFields(body: Buffer, onField: (name: string, range: ByteRange) => void): boolean {
  let at = skipSpace(body, 0)
  if (body[at] !== openBrace) return false
  at = skipSpace(body, at + 1)
  if (body[at] === closeBrace) return skipSpace(body, at + 1) === body.length
  for (;;) {
    if (body[at] !== quote) return false
    const nameEnd = endOfString(body, at)
    const name = readName(body, at, nameEnd)
    at = skipSpace(body, nameEnd)
    if (body[at] !== colon) return false
    const start = skipSpace(body, at + 1)
    at = endOfValue(body, start)
    if (at === start) return false
    onField(name, { start, end: at })
    at = skipSpace(body, at)
    if (body[at] === closeBrace) return skipSpace(body, at + 1) === body.length
    if (body[at] !== comma) return false
    at = skipSpace(body, at + 1)
  }
}

/** Whether the value is a list with something in it. */
export function isFilledList(body: Buffer, { start }: ByteRange): boolean {
  return body[start] === openBracket && body[skipSpace(body, start + 1)] !== closeBracket
}

/** Names that nearly all bodies have, by their length: knowing them by their bytes is cheaper than decoding. */
const usual: readonly (readonly { readonly name: string; readonly bytes: Buffer }[])[] = byLength([
  'model',
  'stream',
  'messages',
  'input',
  'system',
  'contents',
  'temperature',
  'max_tokens',
  'max_completion_tokens',
  'top_p',
  'tools',
  'tool_choice',
  'response_format',
  'stream_options',
  'metadata',
  'user',
])

function byLength(names: readonly string[]): { name: string; bytes: Buffer }[][] {
  const lists: { name: string; bytes: Buffer }[][] = Array.from({ length: 32 }, () => [])
  for (const name of names) lists[name.length]?.push({ name, bytes: Buffer.from(name) })
  return lists
}

function readName(body: Buffer, start: number, end: number): string {
  const candidates = usual[end - start - 2]
  if (candidates !== undefined) {
    for (const { name, bytes } of candidates) if (isAt(body, start + 1, bytes)) return name
  }
  const text = body.toString('utf8', start + 1, end - 1)
  return text.includes('\\') ? String(JSON.parse(`"${text}"`)) : text
}

function isAt(body: Buffer, start: number, bytes: Buffer): boolean {
  for (let index = 0; index < bytes.length; index++) if (body[start + index] !== bytes[index]) return false
  return true
}

function skipSpace(body: Buffer, start: number): number {
  let at = start
  for (;;) {
    const byte = body[at]
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at
    at++
  }
}

/** Short strings are walked; in long ones the native search is faster. */
const walkBytes = 48

function endOfString(body: Buffer, start: number): number {
  let at = start + 1
  let walkEnd = at + walkBytes
  while (at < body.length) {
    if (at >= walkEnd) {
      const found = body.indexOf(quote, at)
      if (found === -1) return body.length
      let slashes = 0
      while (body[found - 1 - slashes] === backslash && found - 1 - slashes >= at) slashes++
      at = found + 1
      if (slashes % 2 === 0) return at
      continue
    }
    const byte = body[at]
    if (byte === quote) return at + 1
    if (byte === backslash) {
      at += 2
      // The byte after a backslash is consumed, so the native search must not start before it.
      walkEnd = Math.max(walkEnd, at)
    } else at++
  }
  return body.length
}

const deepest = 500

function endOfValue(body: Buffer, start: number): number {
  const first = body[start]
  if (first === quote) return endOfString(body, start)
  if (first !== openBrace && first !== openBracket) return endOfScalar(body, start)
  let depth = 0
  let at = start
  while (at < body.length) {
    const byte = body[at]
    if (byte === quote) {
      at = endOfString(body, at)
      continue
    }
    at++
    if (byte === openBrace || byte === openBracket) {
      depth++
      if (depth > deepest) throw tooDeep(at)
    } else if (byte === closeBrace || byte === closeBracket) {
      depth--
      if (depth === 0) return at
    }
  }
  return body.length
}

function endOfScalar(body: Buffer, start: number): number {
  let at = start
  while (at < body.length) {
    const byte = body[at]
    if (
      byte === comma ||
      byte === closeBrace ||
      byte === closeBracket ||
      (byte !== undefined && byte <= 0x20)
    )
      break
    at++
  }
  return at
}

function tooDeep(position: number): AppError {
  return new AppError('invalid_json', {
    message: `The body is nested more than ${deepest} levels deep at position ${position}; send it flatter.`,
    details: { position },
  })
}
