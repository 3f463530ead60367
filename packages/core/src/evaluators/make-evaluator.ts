import { AppError } from '@ratchet/contract'
import { suggestNames } from '../graph/index.ts'
import { unscored, type EvaluationCase, type Score } from './evaluation-case.ts'
import {
  scoreAbstention,
  scoreContains,
  scoreExactMatch,
  scoreGroundedness,
  scoreTokenF1,
} from './score-answer.ts'
import { scoreRetrievalRecall } from './score-retrieval.ts'

/** Options by name, as they stand in an evaluation file. All built-in options are numbers. */
export type EvaluatorOptions = Readonly<Record<string, unknown>>

/** A ready evaluator. `name` is the metric's name (`as`, or the evaluator's own). */
export type Evaluator = {
  readonly name: string
  readonly kind: string
  readonly lowerIsBetter: boolean
  readonly evaluate: (item: EvaluationCase) => Score
}

type Numbers = Readonly<Record<string, number>>
type Definition = {
  readonly lowerIsBetter?: boolean
  /** Options with their default; null: no default, the option only adds a verdict. */
  readonly options: Readonly<Record<string, number | null>>
  readonly score: (item: EvaluationCase, options: Numbers) => Score
}

const definitions: Readonly<Record<string, Definition>> = {
  'exact-match': { options: {}, score: scoreExactMatch },
  contains: { options: {}, score: scoreContains },
  'token-f1': { options: { min: null }, score: (item, { min }) => atLeast(scoreTokenF1(item), min) },
  'retrieval-recall': {
    options: { k: 5, min: null },
    score: (item, { k = 5, min }) => atLeast(scoreRetrievalRecall(item, k), min),
  },
  groundedness: {
    options: { support: 0.6, min: null },
    score: (item, { support = 0.6, min }) => atLeast(scoreGroundedness(item, support), min),
  },
  abstention: { options: {}, score: scoreAbstention },
  latency: {
    lowerIsBetter: true,
    options: { max: null },
    score: ({ output }, { max }) => atMost(output.latencyMs, max, `${Math.round(output.latencyMs)} ms.`),
  },
  cost: {
    lowerIsBetter: true,
    options: { max: null },
    score: ({ output }, { max }) =>
      output.costNano === null
        ? unscored('No price is known for the model.')
        : atMost(output.costNano, max, `${output.costNano} nano-dollars.`),
  },
}

/** Names of the built-in evaluators. */
export const evaluatorNames: readonly string[] = Object.keys(definitions)

/**
 * Makes a built-in evaluator from its name, or `{ name, as, ...options }`. Options: `k` (retrieval-recall, 5),
 * `support` (groundedness, 0.6), and `min` or `max`, which add a verdict per item. Throws
 * `validation_failed` on an unknown name or option. An item whose target failed is unscored by all of them.
 */
export function makeEvaluator(
  use: string | ({ readonly name: string; readonly as?: string | undefined } & EvaluatorOptions),
): Evaluator {
  const { name, as, ...given } = typeof use === 'string' ? { name: use, as: undefined } : use
  const definition = Object.hasOwn(definitions, name) ? definitions[name] : undefined
  if (!definition) {
    throw new AppError('validation_failed', {
      message: `No evaluator "${name}". ${suggestNames(name, evaluatorNames) || `Built in are: ${evaluatorNames.join(', ')}.`}`,
      details: { name },
    })
  }
  const options = readOptions(name, definition, given)
  return {
    name: as ?? name,
    kind: name,
    lowerIsBetter: definition.lowerIsBetter ?? false,
    evaluate: (item) =>
      item.error === undefined || item.error === ''
        ? definition.score(item, options)
        : unscored(`The target failed: ${item.error}`),
  }
}

function readOptions(name: string, definition: Definition, given: EvaluatorOptions): Numbers {
  const known = Object.keys(definition.options)
  const options: Record<string, number> = {}
  for (const [option, fallback] of Object.entries(definition.options))
    if (fallback !== null) options[option] = fallback
  for (const [option, value] of Object.entries(given)) {
    if (value === undefined) continue
    if (!known.includes(option)) {
      const hint = suggestNames(option, known) || `It takes: ${known.join(', ') || 'no options'}.`
      throw new AppError('validation_failed', {
        message: `Evaluator "${name}" has no option "${option}". ${hint}`,
        details: { name, option },
      })
    }
    const isCount = option === 'k'
    if (
      typeof value !== 'number' ||
      !Number.isFinite(value) ||
      value < 0 ||
      (isCount && (value < 1 || value % 1 !== 0))
    ) {
      throw new AppError('validation_failed', {
        message: `Option "${option}" of evaluator "${name}" must be a ${isCount ? 'whole number from 1' : 'number from 0'}, got ${JSON.stringify(value)}.`,
        details: { name, option, value },
      })
    }
    options[option] = value
  }
  return options
}

function atLeast(score: Score, min: number | undefined): Score {
  return score.score === null || min === undefined ? score : { ...score, passed: score.score >= min }
}

function atMost(value: number, max: number | undefined, reason: string): Score {
  return { score: value, ...(max === undefined ? {} : { passed: value <= max }), reason }
}
