/**
 * Evaluations: a target asked every item of a dataset, each answer judged, figures with intervals, conditions
 * checked, two runs compared item by item. Runs are jobs: bounded, cancellable, and resumed after a kill.
 */
export { evaluationsColumnarMigrations, evaluationsMigrations } from './tables.ts'
export { makeEvaluations, type Evaluations, type EvaluationsParts } from './evaluations.ts'
export { runEvaluationJob } from './run-evaluation-job.ts'
export { mountEvaluationsRoutes } from './routes.ts'
