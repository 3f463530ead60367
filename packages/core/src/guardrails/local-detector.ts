import { chooseBest, clusterOverlaps, type Candidate } from './choose-candidates.ts'
import type { Detector, Finding, Part } from './finding.ts'

export type LocalDetectorParts = {
  readonly name: string
  readonly maxMatchLength: number
  readonly lookBehind: number
  readonly minScore: number
  /** Kinds to report, chosen after better ones hid worse ones. Without it: all. */
  readonly kinds?: ReadonlySet<string> | undefined
  /** Every candidate that starts at or after `from`, decided by nearby text alone. */
  readonly find: (text: string, from: number) => Candidate[]
  /** First place where a candidate may start that more text could still change. */
  readonly openAt: (text: string, from: number) => number
}

/**
 * Makes a detector whose verdict on a place depends on a bounded neighbourhood only, which is what lets it
 * work on streams. Where candidates overlap, a better one hides those that it covers by at least half.
 */
export function makeLocalDetector(parts: LocalDetectorParts): Detector {
  const { name, maxMatchLength, lookBehind } = parts
  const scanPart = (text: string, from: number, isLast: boolean): Part => {
    const open = isLast ? text.length : Math.min(text.length, Math.max(from, parts.openAt(text, from)))
    const found: Candidate[] = []
    for (const candidate of parts.find(text, from))
      if (candidate.score >= parts.minScore && candidate.start < open) found.push(candidate)
    if (found.length === 0) return { findings: [], settled: open }
    const clusters = clusterOverlaps(found)
    const last = clusters.at(-1)
    // A cluster that reaches beyond what is decided may still grow: nothing in it is final.
    const isCut = !isLast && last !== undefined && last.end > open
    if (isCut) clusters.pop()
    const best = clusters.flatMap((cluster) => chooseBest(cluster.candidates))
    const chosen = parts.kinds ? best.filter(({ kind }) => parts.kinds?.has(kind)) : best
    return {
      findings: chosen.map((candidate) => toFinding(name, candidate)),
      settled: isCut ? last.start : open,
    }
  }
  return {
    name,
    maxMatchLength,
    lookBehind,
    scan: (text) => [...scanPart(text, 0, true).findings],
    scanPart,
  }
}

/** A check of the text as a whole: it says nothing before the end. */
export function makeWholeTextDetector(name: string, check: (text: string) => Finding[]): Detector {
  return {
    name,
    maxMatchLength: Infinity,
    lookBehind: 0,
    scan: check,
    scanPart: (text, from, isLast) =>
      isLast ? { findings: check(text), settled: text.length } : { findings: [], settled: from },
  }
}

function toFinding(detector: string, { kind, start, end, score }: Candidate): Finding {
  return { detector, kind, start, end, score: Math.round(Math.min(1, score) * 100) / 100 }
}
