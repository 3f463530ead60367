import { countNames } from './canonical-json.ts'

const quote = 0x22
const backslash = 0x5c
const colon = 0x3a

/**
 * True when an object of a body has a name twice. Parsers differ in which of the two they believe, so the answer to
 * what the provider read must not be kept as the answer to what we read. `value` is the body, parsed.
 */
export function hasRepeatedNames(body: Buffer, value: unknown): boolean {
  return countColons(body) !== countNames(value)
}

/** Colons outside of strings: in JSON there is one after each name, and nowhere else. */
function countColons(body: Buffer): number {
  let count = 0
  let isInString = false
  for (let index = 0; index < body.length; index++) {
    const byte = body[index]
    if (isInString) {
      if (byte === backslash) index += 1
      else if (byte === quote) isInString = false
    } else if (byte === quote) isInString = true
    else if (byte === colon) count += 1
  }
  return count
}
