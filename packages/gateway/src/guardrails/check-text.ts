import type { AppError } from '@ratchet/contract'
import { redact, redactJson, type Detectors, type Finding } from '@ratchet/core/guardrails'
import type { Exchange } from '../calls/exchange.ts'
import type { GuardRule } from './compile-guards.ts'
import { blockedError, type GuardReport } from './guard-report.ts'
import { checkRemotely } from './remote-checks.ts'

/** What is read: see `Detectors`. */
export type TextForm = keyof Detectors

/** What rules make of a text. `stop` ends the call, or (`ask-again`) sends the answer back to the model. */
export type CheckedText = {
  readonly text: string
  readonly stop?: {
    readonly rule: GuardRule
    readonly error: AppError
    readonly findings: readonly Finding[]
  }
}

/** Applies rules in order, each to what the one before it left. Local detectors only; undefined when a remote one is needed. */
export function checkLocally(
  text: string,
  { rules, report, form = 'text' }: { rules: readonly GuardRule[]; report: GuardReport; form?: TextForm },
): CheckedText {
  let current = text
  const replace = form === 'json' ? redactJson : redact
  for (const rule of rules) {
    const detectors = rule.local[form]
    if (detectors.length === 0) continue
    const findings = withoutDoubles(detectors.flatMap((detector) => detector.scan(current)))
    report.found(rule, findings)
    if (findings.length === 0) continue
    if (rule.action === 'redact') current = replace(current, findings)
    else if (rule.action !== 'flag') {
      // What is refused is also kept out of the trace.
      const error = blockedError(rule, report.place, findings)
      return { text: replace(current, findings), stop: { rule, error, findings } }
    }
  }
  report.scanned(text.length)
  return { text: current }
}

/** A text is read in more than one way; what stands in the same place counts once. */
function withoutDoubles(findings: readonly Finding[]): readonly Finding[] {
  if (findings.length < 2) return findings
  const seen = new Set<string>()
  return findings.filter(({ detector, kind, start, end }) => {
    const place = `${detector} ${kind} ${start} ${end}`
    return !seen.has(place) && seen.add(place)
  })
}

/** Asks the remote detectors about a whole text, all at once. */
export async function checkByServices(
  exchange: Exchange,
  text: string,
  { rules, report, signal }: { rules: readonly GuardRule[]; report: GuardReport; signal: AbortSignal },
): Promise<CheckedText> {
  const asked = rules.filter(({ remote }) => remote.length > 0)
  const results = await Promise.all(
    asked.map(async (rule) => {
      const findings = await Promise.all(
        rule.remote.map((spec) =>
          checkRemotely(exchange, { spec, text, place: report.place }, { report, signal }),
        ),
      )
      return { rule, findings: findings.flat() }
    }),
  )
  let stop: CheckedText['stop']
  for (const { rule, findings } of results) {
    report.found(rule, findings)
    const stops = rule.action === 'block' || rule.action === 'ask-again'
    if (findings.length > 0 && stops)
      stop ??= { rule, error: blockedError(rule, report.place, findings), findings }
  }
  return stop === undefined ? { text } : { text, stop }
}

export function needsServices(rules: readonly GuardRule[]): boolean {
  return rules.some(({ remote }) => remote.length > 0)
}
