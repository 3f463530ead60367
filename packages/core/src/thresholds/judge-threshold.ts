import { AppError, type Metric } from '@ratchet/contract'
import { suggestNames } from '../graph/index.ts'
import { parseThreshold, type Comparison, type Threshold } from './parse-threshold.ts'

/** A comparison with the value it met; `actual` null: the metric has no such value, which fails. */
export type CheckedComparison = {
  readonly text: string
  readonly metric: string
  readonly passed: boolean
  readonly actual: number | null
}

/** `actual` is the value of the first failed comparison, or of the first one when all hold. */
export type ThresholdResult = {
  readonly expression: string
  readonly passed: boolean
  readonly actual: number | null
  readonly checks: readonly CheckedComparison[]
}

type Metrics = Readonly<Record<string, Pick<Metric, 'mean' | 'low' | 'high' | 'n' | 'unscored'>>>

/**
 * Judges a condition over metrics. A metric without a value (nothing scored, no interval) fails its
 * comparison; a metric that does not exist throws `validation_failed` with the nearest names.
 */
export function judgeThreshold(expression: string, metrics: Metrics): ThresholdResult {
  const checks: CheckedComparison[] = []
  const passed = judge(parseThreshold(expression), metrics, checks)
  const decisive = passed ? checks[0] : (checks.find((check) => !check.passed) ?? checks[0])
  return { expression, passed, actual: decisive?.actual ?? null, checks }
}

/** Every part is judged, also when the outcome is settled: the report shows all values. */
function judge(threshold: Threshold, metrics: Metrics, checks: CheckedComparison[]): boolean {
  if (threshold.kind !== 'comparison') {
    const outcomes = threshold.parts.map((part) => judge(part, metrics, checks))
    return threshold.kind === 'and' ? outcomes.every(Boolean) : outcomes.some(Boolean)
  }
  const metric = Object.hasOwn(metrics, threshold.metric) ? metrics[threshold.metric] : undefined
  if (!metric) {
    const names = Object.keys(metrics)
    throw new AppError('validation_failed', {
      message: `No metric "${threshold.metric}" for the condition "${threshold.text}". ${suggestNames(threshold.metric, names) || `Metrics: ${names.join(', ') || 'none'}.`}`,
      details: { metric: threshold.metric },
    })
  }
  const actual = metric[threshold.field]
  const passed = actual !== null && holds(actual, threshold)
  checks.push({ text: threshold.text, metric: threshold.metric, passed, actual })
  return passed
}

function holds(actual: number, { operator, value }: Comparison): boolean {
  switch (operator) {
    case '>=':
      return actual >= value
    case '>':
      return actual > value
    case '<=':
      return actual <= value
    case '<':
      return actual < value
    case '==':
      return actual === value
    case '!=':
      return actual !== value
  }
}
