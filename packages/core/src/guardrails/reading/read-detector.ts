import type { Detector, Finding, Part } from '../finding.ts'
import { longestEscape, readText, type Reading, type ReadingRules } from './reading.ts'

/**
 * The same detector on another reading of the text; places are those of the text itself. `onlyAltered` leaves out what
 * stands in the text as it reads, which the detector finds there by itself.
 */
export function readDetector(
  detector: Detector,
  rules: ReadingRules,
  { onlyAltered }: { readonly onlyAltered: boolean },
): Detector {
  const lookBehind = (detector.lookBehind + 2) * longestEscape
  const scanPart = (text: string, from: number, isLast: boolean): Part => {
    const reading = readText(text, rules, { from: Math.max(0, from - lookBehind), isLast })
    const part = detector.scanPart(reading.text, reading.placeOf(from), isLast)
    return {
      findings: part.findings
        .filter(({ start, end }) => !onlyAltered || reading.isAltered(start, end))
        .map((finding) => placeInText(finding, reading)),
      settled: Math.max(from, reading.rawStart(part.settled)),
    }
  }
  return {
    name: detector.name,
    maxMatchLength: detector.maxMatchLength * longestEscape,
    lookBehind,
    scan: (text) => {
      if (text.search(rules.pattern) < 0) return onlyAltered ? [] : detector.scan(text)
      return [...scanPart(text, 0, true).findings]
    },
    scanPart,
  }
}

function placeInText(finding: Finding, { rawStart, rawEnd }: Reading): Finding {
  return {
    ...finding,
    start: rawStart(finding.start),
    end: Math.max(rawStart(finding.start), rawEnd(finding.end)),
  }
}
