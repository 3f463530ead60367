import type { Candidate } from '../choose-candidates.ts'
import { isDigit, isWordAt } from '../matching/characters.ts'
import { readContext, scoreInContext } from './context-words.ts'
import {
  layoutKey,
  mostDigits,
  mostGroups,
  numberLayouts,
  separatorBit,
  type NumberLayout,
} from './number-kinds.ts'

/** Digits in groups with single separators, as they are read from a start. */
type Reading = {
  readonly start: number
  readonly digits: number[]
  /** Lengths of the groups, as {@link layoutKey} numbers them. */
  groups: number
  /** Every separator so far, as one bit each. */
  separators: number
}

/**
 * Adds every number that starts at the digit at `start` and has the layout and check digits of a known kind.
 * Longest reading: 19 digits with 6 separators.
 */
export function findNumbers(text: string, start: number, found: Candidate[]): void {
  if (isGluedBefore(text, start)) return
  const reading: Reading = { start, digits: [], groups: 0, separators: 0 }
  let at = start
  for (let group = 0; group < mostGroups; group += 1) {
    const groupStart = at
    for (let code = text.charCodeAt(at); code >= 48 && code <= 57; code = text.charCodeAt(at)) {
      if (reading.digits.length === mostDigits) return
      reading.digits.push(code - 48)
      at += 1
    }
    reading.groups = layoutKey(reading.groups, at - groupStart)
    const layouts = numberLayouts.get(reading.groups)
    if (layouts && !isGluedAfter(text, at)) judge(text, reading, { layouts, end: at, found })
    const separator = separatorBit(text.charCodeAt(at))
    if (separator === 0 || !isDigit(text.charCodeAt(at + 1))) return
    reading.separators |= separator
    at += 1
  }
}

function judge(
  text: string,
  reading: Reading,
  { layouts, end, found }: { layouts: readonly NumberLayout[]; end: number; found: Candidate[] },
): void {
  let context: string | undefined
  const { start, separators } = reading
  // A grouped number that goes on before or after is more likely a part of another one.
  const goesOn =
    (separators > 0 && separatorBit(text.charCodeAt(end)) > 0 && isDigit(text.charCodeAt(end + 1))) ||
    (start > 1 && separatorBit(text.charCodeAt(start - 1)) > 0 && isDigit(text.charCodeAt(start - 2)))
  for (const layout of layouts) {
    const isUniform = (separators & (separators - 1)) === 0
    if ((separators & ~layout.separators) !== 0 || (!isUniform && !layout.mixed)) continue
    if (!layout.check(reading.digits)) continue
    context ??= readContext(text, start)
    const score = scoreInContext(layout.kind, layout.score - (goesOn ? 0.3 : 0), context)
    found.push({ kind: layout.kind, start, end, score })
  }
}

/** True when what stands before makes this the inside of a longer token, decimal, path or identifier. */
export function isGluedBefore(text: string, start: number): boolean {
  if (start === 0) return false
  const before = text.charCodeAt(start - 1)
  if (before === 32 || before === 10) return false
  if (isWordAt(text, start - 1) || before === 95) return true
  const isJoint = before === 45 || before === 47 || before === 92
  if (isJoint) return start > 1 && (isWordAt(text, start - 2) || text.charCodeAt(start - 2) === before)
  return (before === 46 || before === 44) && start > 1 && isDigit(text.charCodeAt(start - 2))
}

/** True when what follows goes on with the same token, decimal or identifier. */
export function isGluedAfter(text: string, end: number): boolean {
  if (end >= text.length) return false
  const after = text.charCodeAt(end)
  if (after === 32 || after === 10) return false
  if (isWordAt(text, end) || after === 95) return true
  const isJoint = after === 45 || after === 47 || after === 64
  if (isJoint) return end + 1 < text.length && isWordAt(text, end + 1)
  return (after === 46 || after === 44) && isDigit(text.charCodeAt(end + 1))
}
