import type { BudgetEvent, LimitUse, OutputOf, tryGuardrail } from '@ratchet/contract'
import { fakeUuid, minutesBefore } from '../fake-ids.ts'
import type { FakeSize } from '../fake-size.ts'

/** Use of the limits of `fakeConfig`: one full, one near, one heading over. */
export function fakeLimitUse(size: FakeSize, now: Date): LimitUse[] {
  if (size === 'empty') return []
  const later = (minutes: number): string => minutesBefore(now, -minutes)
  const key = (name: string, used: number): LimitUse => ({
    kind: 'budget',
    name: 'each-key',
    scope: 'key',
    subject: fakeUuid(name === 'website' ? 60 : 61),
    subjectName: name,
    unit: 'nano-dollars',
    used,
    limit: 10e9,
    period: 'day',
    action: 'warn',
    resetsAt: later(600),
    projected: used * 1.6,
    projectedBy: 'rate',
  })
  return [
    {
      kind: 'budget',
      name: 'all-of-it',
      scope: 'project',
      subject: '',
      unit: 'nano-dollars',
      used: 311.4e9,
      limit: 400e9,
      period: 'month',
      action: 'stop',
      resetsAt: later(12_800),
      projected: 447e9,
      projectedBy: 'weekdays',
      unpricedCalls: 37,
    },
    key('website', 8.9e9),
    key('nightly-evaluations', 2.2e9),
    {
      kind: 'limit',
      name: 'website-rate',
      scope: 'key',
      subject: fakeUuid(60),
      subjectName: 'website',
      unit: 'requests',
      used: 600,
      limit: 600,
      windowSeconds: 60,
      resetsAt: later(1),
    },
  ]
}

export function fakeBudgetEvents(size: FakeSize, now: Date): BudgetEvent[] {
  if (size === 'empty') return []
  return [0.5].map((share, index) => ({
    id: fakeUuid(700 + index),
    name: 'all-of-it',
    scope: 'project',
    subject: '',
    period: '2026-11',
    share,
    spentNano: 400e9 * share,
    limitNano: 400e9,
    at: minutesBefore(now, 4000),
  }))
}

/** Finds addresses of e-mail, as the real one does, and nothing else. */
export function fakeTry(text: string): OutputOf<typeof tryGuardrail> {
  const found = [...text.matchAll(/[\w.]+@[\w.]+\w/g)].map((match) => ({
    rule: 'mask',
    action: 'redact' as const,
    detector: 'pii',
    kind: 'email',
    score: 0.99,
    place: { start: match.index, end: match.index + match[0].length },
  }))
  return {
    verdict: found.length > 0 ? 'redacted' : 'passed',
    text: text.replaceAll(/[\w.]+@[\w.]+\w/g, '[EMAIL]'),
    findings: found,
    notRun: [
      {
        rule: 'judge',
        detector: 'llama-guard',
        reason: 'It asks another service, which only the gateway does.',
      },
    ],
    rules: 2,
  }
}
