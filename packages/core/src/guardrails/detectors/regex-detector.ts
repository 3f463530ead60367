import type { LocalDetectorSpec } from '@ratchet/contract'
import type { Detector, Finding, Part } from '../finding.ts'
import { compileLinearRegex } from '../matching/linear-regex.ts'

type RegexSpec = Extract<LocalDetectorSpec, { type: 'regex' }>

// Each match of a pattern without bound may read to the end of the text. Beyond this many units read, what
// is left counts as one match, so that a hostile text can neither stall the gateway nor slip through.
const mostUnitsRead = 50_000_000

/**
 * Matches of a pattern in RE2 syntax, left to right without overlaps. A pattern whose matches are bounded in
 * length works on streams; one that is not, or that is tied to the ends of the text, needs the whole text.
 */
export function makeRegexDetector(spec: RegexSpec): Detector {
  const { regex, longest, isAnchored } = compileLinearRegex(spec.pattern, spec)
  const maxMatchLength = isAnchored ? Infinity : longest
  const find = (text: string, from: number, open: number): Finding[] => {
    const findings: Finding[] = []
    const matcher = regex.matcher(text)
    let read = 0
    for (let isFound = matcher.find(from); isFound; isFound = matcher.find()) {
      const start = matcher.start()
      if (start >= open) break
      const isOverRead = read > mostUnitsRead
      const end = isOverRead ? text.length : matcher.end()
      if (end > start) findings.push({ detector: 'regex', kind: spec.kind, start, end, score: 1 })
      if (isOverRead) break
      if (longest === Infinity) read += text.length - start
    }
    return findings
  }
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
