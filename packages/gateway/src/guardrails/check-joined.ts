import type { AppError } from '@ratchet/contract'
import { redact, type Finding } from '@ratchet/core/guardrails'
import type { GuardRule } from './compile-guards.ts'
import { blockedError, type GuardReport } from './guard-report.ts'

/** How much is read on both sides of where one text ends and the next one begins. */
const reach = 600
const separators = ['', ' '] as const

export type JoinedTexts = {
  readonly texts: readonly string[]
  readonly stop?: {
    readonly rule: GuardRule
    readonly error: AppError
    readonly findings: readonly Finding[]
  }
}

/**
 * Texts that a model reads one after the other, or wrote so: what reaches over from one into the next, which none of
 * them shows alone. Each was checked by itself before.
 */
export function checkJoined(
  texts: readonly string[],
  rules: readonly GuardRule[],
  report: GuardReport,
): JoinedTexts {
  if (texts.length < 2) return { texts }
  let current = texts
  for (const rule of rules)
    for (const separator of separators) {
      const findings = findAcross(current, separator, rule)
      report.found(rule, findings)
      if (findings.length === 0 || rule.action === 'flag') continue
      current = takeOut(current, separator, findings)
      if (rule.action !== 'redact')
        return { texts: current, stop: { rule, error: blockedError(rule, report.place, findings), findings } }
    }
  return { texts: current }
}

type Seam = { readonly end: number; readonly start: number }

function seamsOf(texts: readonly string[], separator: string): Seam[] {
  let end = 0
  return texts.slice(0, -1).map((text, index) => {
    end += text.length + (index === 0 ? 0 : separator.length)
    return { end, start: end + separator.length }
  })
}

function findAcross(texts: readonly string[], separator: string, { local }: GuardRule): Finding[] {
  const detectors = local.aside.filter(({ maxMatchLength }) => Number.isFinite(maxMatchLength))
  if (detectors.length === 0) return []
  const joined = texts.join(separator)
  const seams = seamsOf(texts, separator)
  const found: Finding[] = []
  for (let first = 0; first < seams.length;) {
    const from = Math.max(0, (seams[first]?.end ?? 0) - reach)
    let last = first
    while (last + 1 < seams.length && (seams[last + 1]?.end ?? 0) - (seams[last]?.start ?? 0) < 2 * reach)
      last += 1
    const piece = joined.slice(from, (seams[last]?.start ?? 0) + reach)
    const inside = seams.slice(first, last + 1)
    for (const detector of detectors)
      for (const finding of detector.scan(piece)) {
        const moved = { ...finding, start: finding.start + from, end: finding.end + from }
        if (inside.some(({ end, start }) => moved.start < end && moved.end > start)) found.push(moved)
      }
    first = last + 1
  }
  return found
}

/** The label stands where the finding begins. */
function takeOut(texts: readonly string[], separator: string, findings: readonly Finding[]): string[] {
  let start = 0
  return texts.map((text) => {
    const end = start + text.length
    const own: Finding[] = []
    const later: Finding[] = []
    for (const each of findings) {
      if (each.end <= start || each.start >= end) continue
      const part = {
        ...each,
        start: Math.max(0, each.start - start),
        end: Math.min(text.length, each.end - start),
      }
      if (each.start >= start) own.push(part)
      else later.push(part)
    }
    start = end + separator.length
    const head = later.reduce((most, each) => Math.max(most, each.end), 0)
    const shifted = own.map((each) => ({
      ...each,
      start: Math.max(0, each.start - head),
      end: Math.max(0, each.end - head),
    }))
    return redact(text.slice(head), shifted)
  })
}
