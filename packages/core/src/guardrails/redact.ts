import { clusterOverlaps } from './choose-candidates.ts'
import type { Finding } from './finding.ts'

/**
 * What stands where something was found: `label` its kind, as in `[CREDIT-CARD]`; `mask` one `*` per character
 * that is no white space; `remove` nothing. Invisible characters are removed in every style.
 */
export type RedactionStyle = 'label' | 'mask' | 'remove'

/** A part of a text to replace: findings that overlap, named after the best of them. */
export type Redaction = { readonly start: number; readonly end: number; readonly finding: Finding }

/** Replaces what was found. Findings that overlap become one; those that only touch stay apart. */
export function redact(text: string, findings: readonly Finding[], style: RedactionStyle = 'label'): string {
  let redacted = ''
  let from = 0
  for (const redaction of mergeFindings(findings)) {
    redacted += text.slice(from, redaction.start) + replacementOf(text, redaction, style)
    from = redaction.end
  }
  return redacted + text.slice(from)
}

/** Merges findings that overlap. The best has the highest score, then the greatest length, then comes first. */
export function mergeFindings(findings: readonly Finding[]): Redaction[] {
  return clusterOverlaps(findings.filter(({ start, end }) => end > start)).map(
    ({ start, end, candidates }) => ({
      start,
      end,
      finding: candidates.reduce(better),
    }),
  )
}

export function replacementOf(
  text: string,
  { start, end, finding }: Redaction,
  style: RedactionStyle,
): string {
  if (style === 'remove' || finding.detector === 'invisible') return ''
  if (style === 'mask') return text.slice(start, end).replaceAll(/\S/gu, '*')
  return `[${finding.kind.toUpperCase()}]`
}

function better(first: Finding, second: Finding): Finding {
  if (first.score !== second.score) return first.score > second.score ? first : second
  const difference = second.end - second.start - (first.end - first.start)
  return difference > 0 ? second : first
}
