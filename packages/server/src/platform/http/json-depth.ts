import { AppError } from '@ratchet/contract'

const deepest = 500
const quote = 0x22
const backslash = 0x5c

/**
 * Refuses JSON that is nested so deep that whoever walks it by recursion runs out of stack; parsing alone does not.
 * Throws `invalid_json`. The bytes need not be valid JSON.
 */
export function checkJsonDepth(bytes: Uint8Array): void {
  let depth = 0
  for (let at = 0; at < bytes.length; at++) {
    // `{` and `[`, `}` and `]` differ in one bit.
    const byte = (bytes[at] ?? 0) & ~0x20
    if (bytes[at] === quote) at = endOfString(bytes, at)
    else if (byte === 0x5b) depth++
    else if (byte === 0x5d) depth--
    if (depth > deepest) {
      throw new AppError('invalid_json', {
        message: `The body is nested more than ${deepest} levels deep at position ${at}; send it flatter.`,
        details: { position: at },
      })
    }
  }
}

/** Where the closing quote stands, or the end. */
function endOfString(bytes: Uint8Array, start: number): number {
  let at = start
  for (;;) {
    at = bytes.indexOf(quote, at + 1)
    if (at === -1) return bytes.length
    let slashes = 0
    while (bytes[at - 1 - slashes] === backslash) slashes++
    if (slashes % 2 === 0) return at
  }
}
