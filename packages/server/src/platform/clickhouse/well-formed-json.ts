/**
 * JSON as ClickHouse can read it. Half of a character (an emoji that somebody cut) becomes U+FFFD: its parser takes
 * what follows for the other half, and then loses the row.
 */
export function wellFormedJson(value: unknown): string {
  const text = JSON.stringify(value)
  return half.test(text)
    ? text.replaceAll(anyEscape, (escape) => (half.test(escape) ? '\\ufffd' : escape))
    : text
}

const half = /\\ud[89a-f]/
/** Whole escapes, so that a backslash that stands for itself does not begin one. */
const anyEscape = /\\(?:u[0-9a-f]{4}|.)/g
