import { splitSentences, type Sentence } from '../text-metrics/index.ts'

/** A piece of a text; `text` is `source.slice(start, end)`. */
export type TextWindow = { readonly text: string; readonly start: number; readonly end: number }

type Span = { readonly start: number; readonly end: number }

/**
 * Cuts a text into windows of at most `maxChars` UTF-16 units that begin and end at sentences. Consecutive
 * windows share whole sentences of up to `overlap` characters. A sentence or code fence longer than a window
 * is cut at line ends, then at spaces, then anywhere but inside a surrogate pair. Throws RangeError when
 * `overlap` is not smaller than `maxChars`.
 */
export function splitIntoWindows(
  text: string,
  options: { readonly maxChars: number; readonly overlap?: number },
): TextWindow[] {
  const { maxChars, overlap = 0 } = options
  if (!(maxChars >= 2) || !(overlap >= 0 && overlap < maxChars)) {
    throw new RangeError(
      `Windows need maxChars of at least 2 and 0 <= overlap < maxChars, got ${maxChars} and ${overlap}.`,
    )
  }
  const pieces = splitSentences(text).flatMap((sentence) => cutLong(text, sentence, maxChars))
  const windows: TextWindow[] = []
  let first = 0
  for (const [index, piece] of pieces.entries()) {
    const next = pieces[index + 1]
    const start = pieces[first]?.start ?? piece.start
    if (next && next.end - start <= maxChars) continue
    windows.push({ text: text.slice(start, piece.end), start, end: piece.end })
    if (next) first = firstOfNext(pieces, { first, last: index, overlap, maxChars })
  }
  return windows
}

function firstOfNext(
  pieces: readonly Span[],
  window: { first: number; last: number; overlap: number; maxChars: number },
): number {
  const { last, overlap, maxChars } = window
  const end = pieces[last]?.end ?? 0
  const nextEnd = pieces[last + 1]?.end ?? end
  let first = last + 1
  for (let candidate = last; candidate > window.first; candidate--) {
    const start = pieces[candidate]?.start ?? end
    if (end - start > overlap || nextEnd - start > maxChars) break
    first = candidate
  }
  return first
}

function cutLong(text: string, sentence: Sentence, maxChars: number): Span[] {
  const spans: Span[] = []
  let start = sentence.start
  while (sentence.end - start > maxChars) {
    const end = breakBefore(text, start, start + maxChars)
    if (text.slice(start, end).trim() !== '') spans.push({ start, end })
    start = end
  }
  if (text.slice(start, sentence.end).trim() !== '') spans.push({ start, end: sentence.end })
  return spans
}

function breakBefore(text: string, start: number, limit: number): number {
  for (const separator of ['\n', ' ']) {
    const at = text.lastIndexOf(separator, limit - 1)
    // A break in the first half would leave many tiny windows.
    if (at > start + (limit - start) / 2) return at + 1
  }
  const isInsidePair =
    /[\ud800-\udbff]/u.test(text.charAt(limit - 1)) && /[\udc00-\udfff]/u.test(text.charAt(limit))
  return isInsidePair && limit - 1 > start ? limit - 1 : limit
}
