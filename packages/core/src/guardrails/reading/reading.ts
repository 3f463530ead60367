/** A piece of a text that reads differently: `start` to `end` there, `rawStart` to `rawEnd` in the text itself. */
type Altered = {
  readonly start: number
  readonly end: number
  readonly rawStart: number
  readonly rawEnd: number
}

/** A text as it reads once escapes are undone, with where each place of it stands in the text itself. */
export type Reading = {
  readonly text: string
  /** Up to here the text was read; what follows may be the beginning of an escape. */
  readonly consumed: number
  /** Whether anything within these places, or next to them, stands otherwise in the text. */
  readonly isAltered: (start: number, end: number) => boolean
  /** Where a unit begins in the text; the end of the reading is what was consumed. */
  readonly rawStart: (place: number) => number
  /** Where what ends before `place` ends in the text. */
  readonly rawEnd: (place: number) => number
  /** The place of the unit that begins at `raw`. */
  readonly placeOf: (raw: number) => number
}

/** How to read: `pattern` (global) finds what reads differently, `read` tells how, `open` finds what the end of a text may have cut off. */
export type ReadingRules = {
  readonly pattern: RegExp
  readonly open: RegExp
  readonly read: (found: string) => string
}

/** Reads `raw` from `from` on; places of the reading count from there, places of the text from its start. */
export function readText(
  raw: string,
  { pattern, open, read }: ReadingRules,
  { from, isLast }: { readonly from: number; readonly isLast: boolean },
): Reading {
  const cut = isLast ? undefined : open.exec(raw.slice(Math.max(from, raw.length - longestEscape)))
  const consumed = cut ? raw.length - cut[0].length : raw.length
  const whole = raw.slice(from, consumed)
  const altered: Altered[] = []
  let text = ''
  let copied = 0
  for (const match of whole.matchAll(pattern)) {
    const meant = read(match[0])
    if (meant === match[0]) continue
    text += whole.slice(copied, match.index)
    copied = match.index + match[0].length
    const start = text.length
    text += meant
    altered.push({ start, end: text.length, rawStart: from + match.index, rawEnd: from + copied })
  }
  text += whole.slice(copied)
  /** Index of the last piece for which `isBefore` holds; -1 for none. */
  const lastWhere = (isBefore: (piece: Altered) => boolean): number => {
    let low = -1
    let high = altered.length - 1
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      const piece = altered[middle]
      if (piece !== undefined && isBefore(piece)) low = middle
      else high = middle - 1
    }
    return low
  }
  const lastBefore = (place: number): Altered | undefined => altered[lastWhere(({ start }) => start <= place)]
  return {
    text,
    consumed,
    isAltered: (start, end) => (lastBefore(end)?.end ?? -1) >= start,
    rawStart: (place) => {
      if (place >= text.length) return consumed
      const piece = lastBefore(place)
      if (piece === undefined) return from + place
      return place < piece.end ? piece.rawStart : piece.rawEnd + place - piece.end
    },
    rawEnd: (place) => {
      const piece = lastBefore(place - 1)
      if (piece === undefined) return from + place
      return place <= piece.end ? piece.rawEnd : piece.rawEnd + place - piece.end
    },
    placeOf: (rawPlace) => {
      const piece = altered[lastWhere(({ rawEnd }) => rawEnd <= rawPlace)]
      return piece === undefined ? rawPlace - from : piece.end + rawPlace - piece.rawEnd
    },
  }
}

/** Escapes are no longer than this. */
export const longestEscape = 16
