import { makeEvaluator, type Evaluator } from '@ratchet/core/evaluators'
import { judgeThreshold } from '@ratchet/core/thresholds'
import { AppError, type EvaluationSpec, type Metric } from '@ratchet/contract'

/** A spec whose every name has been checked: evaluators ready to judge. */
export type EvaluationPlan = { readonly spec: EvaluationSpec; readonly evaluators: readonly Evaluator[] }

const noValue = { mean: null, low: null, high: null, n: 0, unscored: 0 }

/**
 * Checks a spec before anything runs: unknown evaluators and options, two metrics of one name, conditions that
 * cannot be read or name a metric that no evaluator gives. Throws `validation_failed` with the nearest names.
 */
export function planEvaluation(spec: EvaluationSpec): EvaluationPlan {
  const evaluators = spec.evaluators.map((use) => makeEvaluator(use))
  const names = new Set<string>()
  for (const { name } of evaluators) {
    if (names.has(name)) {
      throw new AppError('validation_failed', {
        message: `Two evaluators give the metric "${name}". Name one of them differently: { name: ${name}, as: ${name}-2 }.`,
        details: { metric: name },
      })
    }
    names.add(name)
  }
  const metrics = Object.fromEntries([...names].map((name) => [name, noValue]))
  for (const expression of spec.thresholds) judgeThreshold(expression, metrics)
  return { spec, evaluators }
}

/** Judges the conditions of a spec; `passed` is null when there are none. */
export function judgeThresholds(
  expressions: readonly string[],
  metrics: Readonly<Record<string, Metric>>,
): { thresholds: { expression: string; passed: boolean; actual: number | null }[]; passed: boolean | null } {
  const thresholds = expressions.map((written) => {
    const { expression, passed, actual } = judgeThreshold(written, metrics)
    return { expression, passed, actual }
  })
  return { thresholds, passed: thresholds.length === 0 ? null : thresholds.every((each) => each.passed) }
}

/** The app a target runs (`app/<name>` with or without `@<release>`), and the release it names. */
export function parseTarget(target: string): { app: string | undefined; release: string | undefined } {
  const match = /^app\/([^@]+)(?:@(.+))?$/.exec(target)
  return { app: match?.[1], release: match?.[2] }
}
