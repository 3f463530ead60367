import {
  isRemoteDetector,
  type Guardrail,
  type GuardrailPlace,
  type GuardrailRule,
  type OutputOf,
  type TriedFinding,
  type tryGuardrail,
} from '@ratchet/contract'
import { makeDetectors, redact, type Finding } from '@ratchet/core/guardrails'

export type TriedGuardrail = OutputOf<typeof tryGuardrail>

const verdictOf = {
  flag: 'flagged',
  redact: 'redacted',
  'ask-again': 'asked-again',
  block: 'blocked',
} as const
const order = ['passed', 'flagged', 'redacted', 'asked-again', 'blocked'] as const

/**
 * What a guardrail does with a text, as the gateway would: rules in order, each on what the one before it left.
 * Local detectors only; those that need another service are named. Throws `validation_failed` for a detector that
 * cannot be made.
 */
export function tryOnText(guardrail: Guardrail, text: string, place: GuardrailPlace): TriedGuardrail {
  const rules = guardrail.rules.filter(({ on }) => on.includes(place))
  const findings: TriedFinding[] = []
  const notRun: TriedGuardrail['notRun'] = []
  let verdict: TriedGuardrail['verdict'] = 'passed'
  let current = text
  for (const rule of rules) {
    const found = findAll(rule, current, notRun)
    findings.push(...found.map((finding) => showFinding(finding, rule, current === text)))
    if (found.length === 0) continue
    verdict = worse(verdict, verdictOf[rule.action])
    if (rule.action === 'redact') current = redact(current, found)
    else if (rule.action !== 'flag') {
      return { verdict, message: messageOf(guardrail, rule, found), findings, notRun, rules: rules.length }
    }
  }
  return { verdict, text: current, findings, notRun, rules: rules.length }
}

function findAll(rule: GuardrailRule, text: string, notRun: TriedGuardrail['notRun']): Finding[] {
  return rule.detectors.flatMap((spec) => {
    if (!isRemoteDetector(spec))
      return findOnce(makeDetectors(spec).text.flatMap((detector) => detector.scan(text)))
    const reason =
      'It asks another service, which only the gateway does. Send a request through it to see the result.'
    notRun.push({ rule: rule.name, detector: spec.type, reason })
    return []
  })
}

/** A text is read in more than one way; what stands in the same place counts once. */
function findOnce(findings: readonly Finding[]): Finding[] {
  const places = findings.map(({ kind, start, end }) => `${kind} ${start} ${end}`)
  return findings.filter((_, index) => places.indexOf(places[index] ?? '') === index)
}

function showFinding(finding: Finding, rule: GuardrailRule, isGivenText: boolean): TriedFinding {
  const { detector, kind, start, end, score, detail } = finding
  return {
    rule: rule.name,
    action: rule.action,
    detector,
    kind,
    score,
    ...(isGivenText && end > start ? { place: { start, end } } : {}),
    ...(detail === undefined ? {} : { detail }),
  }
}

function messageOf(guardrail: Guardrail, rule: GuardrailRule, findings: readonly Finding[]): string {
  const kinds = [...new Set(findings.map(({ kind }) => kind))].slice(0, 5).join(', ')
  return rule.message ?? `Rule "${rule.name}" of guardrail "${guardrail.name}" found: ${kinds}.`
}

function worse(one: TriedGuardrail['verdict'], other: TriedGuardrail['verdict']): TriedGuardrail['verdict'] {
  return order.indexOf(other) > order.indexOf(one) ? other : one
}
