import type { LocalDetectorSpec } from '@ratchet/contract'
import type { Detector } from './finding.ts'
import { makeDetector } from './make-detector.ts'
import { readDetector } from './reading/read-detector.ts'
import { jsonReading, jsonRevealing, revealing } from './reading/reading-rules.ts'

/** One detector, for each kind of text that it may read. */
export type Detectors = {
  /** What somebody says. */
  readonly text: readonly Detector[]
  /** What is no answer or question of its own (thoughts, names, sources): without those that judge a text as a whole. */
  readonly aside: readonly Detector[]
  /** JSON (arguments of tools), where strings are written with escapes: without those, too. */
  readonly json: readonly Detector[]
  /** Those that judge a text as a whole, alone. */
  readonly whole: readonly Detector[]
}

const judgeWholes: ReadonlySet<string> = new Set(['length', 'language', 'json-schema', 'refusal'])

/**
 * The detector of a parsed spec ({@link makeDetector}), and the same one for what a text hides from it: invisible characters,
 * full-width and other forms of ASCII, and escapes of addresses, HTML and programs. Findings of both may overlap.
 */
export function makeDetectors(spec: LocalDetectorSpec): Detectors {
  const detector = makeDetector(spec)
  if (judgeWholes.has(spec.type)) return { text: [detector], aside: [], json: [], whole: [detector] }
  const inJson = readDetector(detector, jsonReading, { onlyAltered: false })
  // It looks for the very characters that are left out of the other readings.
  if (spec.type === 'invisible') return { text: [detector], aside: [detector], json: [inJson], whole: [] }
  const text = [detector, readDetector(detector, revealing, { onlyAltered: true })]
  return {
    text,
    aside: text,
    json: [inJson, readDetector(detector, jsonRevealing, { onlyAltered: true })],
    whole: [],
  }
}
