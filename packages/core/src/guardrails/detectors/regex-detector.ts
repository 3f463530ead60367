import type { LocalDetectorSpec } from '@ratchet/contract'
import type { Detector, Finding, Part } from '../finding.ts'
import { compileLinearRegex } from '../matching/linear-regex.ts'

type RegexSpec = Extract<LocalDetectorSpec, { type: 'regex' }>

/**
 * States times characters that are matched in full for one text. Beyond this, what is left counts as one match, so that a
 * hostile text can neither stall the gateway nor slip through: about a second.
 */
const mostWork = 15_000_000
/** The same for matches that may read to the end of the text, but seldom do. */
const mostReading = 60_000_000
const windowLength = 4096

/**
 * Matches of a pattern in RE2 syntax, left to right without overlaps. A pattern whose matches are bounded in
 * length works on streams; one that is not, or that is tied to the ends of the text, needs the whole text.
 */
export function makeRegexDetector(spec: RegexSpec): Detector {
  const { regex, longest, isAnchored, liveStates } = compileLinearRegex(spec.pattern, spec)
  const maxMatchLength = isAnchored ? Infinity : longest
  const found = (start: number, end: number): Finding => ({
    detector: 'regex',
    kind: spec.kind,
    start,
    end,
    score: 1,
  })
  /** Pieces that hold no match are passed over in one cheap look; only others are matched in full. */
  const findBounded = (text: string, from: number, open: number): Finding[] => {
    const findings: Finding[] = []
    let work = 0
    let at = from
    while (at < open) {
      const first = Math.max(0, at - 2)
      const next = Math.min(open, at + windowLength)
      const piece = text.slice(first, next + maxMatchLength + 2)
      if (work > mostWork) return [...findings, found(at, text.length)]
      if (regex.test(piece)) {
        work += piece.length * liveStates
        const matcher = regex.matcher(piece)
        for (let isFound = matcher.find(at - first); isFound; isFound = matcher.find()) {
          const start = first + matcher.start()
          if (start >= next) break
          const end = first + matcher.end()
          if (end > start) findings.push(found(start, end))
          at = Math.max(at, end)
        }
      }
      at = Math.max(at, next)
    }
    return findings
  }
  const findUnbounded = (text: string): Finding[] => {
    const findings: Finding[] = []
    if (!regex.test(text)) return findings
    const matcher = regex.matcher(text)
    let work = 0
    for (let isFound = matcher.find(); isFound; isFound = matcher.find()) {
      const start = matcher.start()
      const isOverWorked = work > mostReading
      const end = isOverWorked ? text.length : matcher.end()
      if (end > start) findings.push(found(start, end))
      if (isOverWorked) break
      work += (Number.isFinite(longest) ? longest : text.length - start) * liveStates
    }
    return findings
  }
  const find = (text: string, from: number, open: number): Finding[] =>
    Number.isFinite(maxMatchLength)
      ? findBounded(text, from, open)
      : findUnbounded(text).filter(({ start }) => start >= from && start < open)
  return {
    name: 'regex',
    maxMatchLength,
    lookBehind: 2,
    scan: (text) => find(text, 0, text.length),
    scanPart: (text, from, isLast): Part => {
      // Two more units: a border condition may look at the character after a match.
      const open = isLast ? text.length : Math.max(from, text.length - maxMatchLength - 2)
      if (open <= from && !isLast) return { findings: [], settled: from }
      const findings = find(text, from, open)
      return { findings, settled: Math.max(open, findings.at(-1)?.end ?? 0) }
    },
  }
}
