/**
 * Evaluators that need no model: each turns one answer into a score or says why it cannot. And what is made
 * of many scores: metrics with intervals, and the paired comparison of two runs.
 */
export { makeEvaluator, evaluatorNames, type Evaluator, type EvaluatorOptions } from './make-evaluator.ts'
export { readExpected, type Expected } from './read-expected.ts'
export { summariseScores, type ScoredItem } from './summarise-scores.ts'
export { compareScores } from './compare-scores.ts'
export type { EvaluationCase, Score } from './evaluation-case.ts'
