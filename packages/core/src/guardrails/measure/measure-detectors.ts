import { localDetectorSpec } from '@ratchet/contract'
import { wilsonInterval, type Interval } from '../../statistics/index.ts'
import { makeDetectors } from '../make-detectors.ts'
import type { LabelledCase } from './labelled-case.ts'

/** A rate with its 95 % Wilson interval and the number it is out of; `value` is null when that is 0. */
export type Rate = Interval & { readonly value: number | null; readonly n: number }

/**
 * How well a detector, or one of its kinds, tells texts apart. Counted by text: found or not, expected or not.
 * `kind` is `any` for the detector as a whole, where another kind than the expected one also counts as found.
 */
export type DetectorMeasure = {
  readonly detector: string
  readonly kind: string
  readonly cases: number
  readonly expected: number
  readonly precision: Rate
  readonly recall: Rate
}

// Detectors in the settings that the labels are for. What the others find is decided by their settings alone.
const measured = [
  { type: 'pii' },
  { type: 'secrets' },
  { type: 'injection' },
  { type: 'invisible' },
  { type: 'refusal' },
  { type: 'url' },
  { type: 'canary', tokens: ['ratchet-canary-5b1e90c4'] },
  { type: 'language', allow: ['en'] },
]

/** What a detector saw in one case, for tables and for looking at mistakes. */
export type CaseOutcome = {
  readonly id: string
  readonly detector: string
  readonly expected: ReadonlySet<string>
  readonly found: ReadonlySet<string>
}

/** Runs every measured detector over every case. */
export function runCases(cases: readonly LabelledCase[]): CaseOutcome[] {
  return measured.flatMap((spec) => {
    const detectors = makeDetectors(localDetectorSpec.parse(spec)).text
    const name = spec.type
    return cases
      .filter((item) => isJudged(item, name))
      .map((item) => ({
        id: item.id,
        detector: name,
        expected: new Set(expectedOf(item, name)),
        found: new Set(detectors.flatMap((detector) => detector.scan(item.text)).map(({ kind }) => kind)),
      }))
  })
}

/** Precision and recall of each detector and of each of its kinds that is expected or found anywhere. */
export function measureDetectors(cases: readonly LabelledCase[]): DetectorMeasure[] {
  const outcomes = Map.groupBy(runCases(cases), ({ detector }) => detector)
  return [...outcomes].flatMap(([detector, list]) => {
    const kinds = new Set(list.flatMap(({ expected, found }) => [...expected, ...found]))
    return [
      measure(detector, 'any', list),
      ...[...kinds].toSorted().map((kind) => measure(detector, kind, list)),
    ]
  })
}

function measure(detector: string, kind: string, outcomes: readonly CaseOutcome[]): DetectorMeasure {
  const has = (kinds: ReadonlySet<string>): boolean => (kind === 'any' ? kinds.size > 0 : kinds.has(kind))
  const expected = outcomes.filter((outcome) => has(outcome.expected)).length
  const found = outcomes.filter((outcome) => has(outcome.found)).length
  const right = outcomes.filter((outcome) => has(outcome.expected) && has(outcome.found)).length
  return {
    detector,
    kind,
    cases: outcomes.length,
    expected,
    precision: rate(right, found),
    recall: rate(right, expected),
  }
}

function rate(hits: number, n: number): Rate {
  return { value: n === 0 ? null : hits / n, n, ...wilsonInterval(hits, n) }
}

/** A few letters have no language; such cases say nothing about the language detector. */
function isJudged({ text, language }: LabelledCase, detector: string): boolean {
  const isForeign = language !== 'en' && language !== 'none'
  if (detector !== 'language' || !isForeign) return true
  const dense = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/u
  return dense.test(text) || (text.match(/\p{L}/gu)?.length ?? 0) >= 30
}

function expectedOf({ expected, language }: LabelledCase, detector: string): readonly string[] {
  if (detector !== 'language') return expected[detector] ?? []
  return language === 'en' || language === 'none' ? [] : ['language-not-allowed']
}
