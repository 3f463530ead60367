import type { EvaluationItem } from '@ratchet/contract'

/** The result of one item in one repeat: what the API shows, and where it stands. */
export type ItemResult = EvaluationItem & { readonly position: number; readonly round: number }

/** True when a reader should look at it: the target failed, or an evaluator says the answer is not good enough. */
export function isFailed(result: Pick<EvaluationItem, 'error' | 'scores'>): boolean {
  return result.error !== '' || Object.values(result.scores).some((score) => score.passed === false)
}
