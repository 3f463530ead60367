import {
  containsAnswer,
  isAbstention,
  isExactMatch,
  measureGroundedness,
  tokenF1,
} from '../text-metrics/index.ts'
import { unscored, type EvaluationCase, type Score } from './evaluation-case.ts'
import { readExpected } from './read-expected.ts'

const noAnswer = 'The item has no expected answer.'

/** 1 when the answer equals an expected one after SQuAD normalisation. */
export function scoreExactMatch({ expected, output }: EvaluationCase): Score {
  const { answers } = readExpected(expected)
  if (answers.length === 0) return unscored(noAnswer)
  const match = answers.find((answer) => isExactMatch(output.text, answer))
  return judged(
    match !== undefined,
    match === undefined ? 'Equals no expected answer.' : `Equals "${shorten(match)}".`,
  )
}

/** 1 when the answer contains an expected one, word by word. */
export function scoreContains({ expected, output }: EvaluationCase): Score {
  const { answers } = readExpected(expected)
  if (answers.length === 0) return unscored(noAnswer)
  const match = answers.find((answer) => containsAnswer(output.text, answer))
  return judged(
    match !== undefined,
    match === undefined ? 'Contains no expected answer.' : `Contains "${shorten(match)}".`,
  )
}

/** SQuAD token F1 with the best of the expected answers; citation markers are not words of the answer. */
export function scoreTokenF1({ expected, output }: EvaluationCase): Score {
  const { answers } = readExpected(expected)
  if (answers.length === 0) return unscored(noAnswer)
  const text = output.text.replace(/\[\d{1,3}\](?!\()/gu, ' ')
  const [best = { f1: 0, precision: 0, recall: 0 }] = answers
    .map((answer) => tokenF1(text, answer))
    .toSorted((a, b) => b.f1 - a.f1)
  return {
    score: best.f1,
    reason: `Precision ${best.precision.toFixed(2)}, recall ${best.recall.toFixed(2)}.`,
  }
}

/** Share of the answer's sentences that one retrieved passage supports by words. */
export function scoreGroundedness({ output }: EvaluationCase, support: number): Score {
  if (output.contexts.length === 0) return unscored('The target reported no retrieved passages.')
  const contexts = output.contexts.map((context) => context.text)
  const { score, sentences, unsupported } = measureGroundedness(output.text, contexts, { support })
  if (score === null) return unscored('The answer makes no statement that could be checked.')
  const [first] = unsupported
  if (first === undefined) return { score, reason: `All ${sentences} sentences are supported.` }
  return {
    score,
    reason: `${unsupported.length} of ${sentences} sentences unsupported: "${shorten(first)}".`,
  }
}

/** 1 when an unanswerable question is declined and an answerable one is not. */
export function scoreAbstention({ expected, output }: EvaluationCase): Score {
  const { isUnanswerable } = readExpected(expected)
  const declined = isAbstention(output.text)
  const what = isUnanswerable ? 'unanswerable' : 'answerable'
  return judged(
    declined === isUnanswerable,
    `The question is ${what} and was ${declined ? 'declined' : 'answered'}.`,
  )
}

function judged(passed: boolean, reason: string): Score {
  return { score: passed ? 1 : 0, passed, reason }
}

function shorten(text: string): string {
  return text.length > 120 ? `${text.slice(0, 119)}…` : text
}
