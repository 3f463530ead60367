import type { HealthReport } from '../routing/health/target-health.ts'
import { family, lines } from './gateway-metrics.ts'

/** Callers may make up names of models: only so many become labels. */
const mostTargets = 500
const longestKey = 500
const states = { closed: 0, 'half-open': 1, open: 2 } as const

type Reported = Pick<HealthReport, 'key' | 'state' | 'openings' | 'calls' | 'failures'>

/** How each model of each connection does, in the Prometheus text format; with too many, those that are asked most. */
export function renderTargets(reports: readonly Reported[]): string {
  const named = reports.filter(({ key }) => key.length <= longestKey)
  const told =
    named.length <= mostTargets ? named : named.toSorted((a, b) => b.calls - a.calls).slice(0, mostTargets)
  const targets = told.map((report) => ({ ...report, labels: labelsOf(report.key) }))
  return [
    family(
      'ratchet_gateway_attempts_total',
      'counter',
      'Calls sent to a target, with retries, fallbacks and hedges',
    ),
    lines(
      'ratchet_gateway_attempts_total',
      targets.map(({ labels, calls }) => [labels, calls]),
    ),
    family(
      'ratchet_gateway_failed_attempts_total',
      'counter',
      'Those of them that failed, by kind of failure',
    ),
    lines(
      'ratchet_gateway_failed_attempts_total',
      targets.flatMap(({ labels, failures }) =>
        [...failures].map(([kind, count]): [string, number] => [`${labels},kind="${kind}"`, count]),
      ),
    ),
    family('ratchet_gateway_breaker_state', 'gauge', 'Breaker of a target: 0 closed, 1 half-open, 2 open'),
    lines(
      'ratchet_gateway_breaker_state',
      targets.map(({ labels, state }) => [labels, states[state]]),
    ),
    family('ratchet_gateway_breaker_openings_total', 'counter', 'How often the breaker of a target opened'),
    lines(
      'ratchet_gateway_breaker_openings_total',
      targets.map(({ labels, openings }) => [labels, openings]),
    ),
  ].join('')
}

function labelsOf(key: string): string {
  const space = key.indexOf(' ')
  return `project="${key.slice(0, space)}",target="${escapeLabel(key.slice(space + 1))}"`
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
