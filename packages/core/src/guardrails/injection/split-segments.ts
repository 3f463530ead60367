/** Longest piece that is judged as one; longer sentences are cut at a space. */
export const segmentLimit = 600

/**
 * The end of the segment that starts at `start`, or -1 when the text ends before that is known: a sentence with
 * its full stop, a paragraph, or the limit. A single line break does not end one, since text is often wrapped.
 */
export function segmentEnd(text: string, start: number, isLast: boolean): number {
  const limit = start + segmentLimit
  for (let at = start; at < text.length && at < limit; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 0x3002 || code === 0xff01 || code === 0xff1f) return at + 1
    if (code !== 46 && code !== 33 && code !== 63 && code !== 10) continue
    if (at + 1 >= text.length) break
    const next = text.charCodeAt(at + 1)
    if (code === 10 ? next === 10 || (next === 13 && text.charCodeAt(at + 2) === 10) : next <= 32)
      return at + 1
  }
  if (text.length >= limit) return cutAtSpace(text, start, limit)
  return isLast ? text.length : -1
}

/** Start of the first character from `from` on that is no white space. */
export function skipSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && text.charCodeAt(at) <= 32) at += 1
  return at
}

function cutAtSpace(text: string, start: number, limit: number): number {
  for (let at = limit; at > start + segmentLimit / 2; at -= 1) if (text.charCodeAt(at - 1) === 32) return at
  return limit
}
