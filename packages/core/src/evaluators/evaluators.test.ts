import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeEvaluator, type EvaluationCase } from './index.ts'

const contexts = [
  { id: '1', path: 'docs/install.md', text: 'The gateway listens on port 4701 by default.' },
  { id: '2', path: 'docs/flows.md', text: 'A flow is a graph of nodes.' },
]
const caseOf = (
  text: string,
  expected: unknown,
  output: Partial<EvaluationCase['output']> = {},
): EvaluationCase => ({
  inputs: {},
  expected,
  output: { text, contexts, latencyMs: 120, costNano: 500, ...output },
})
const scoreOf = (name: string, item: EvaluationCase) => makeEvaluator(name).evaluate(item)

test('text evaluators compare with the expected answer, whatever its form', () => {
  expect(scoreOf('exact-match', caseOf('The Port.', 'port'))).toMatchObject({ score: 1, passed: true })
  expect(scoreOf('exact-match', caseOf('8', { answers: ['7', 8] })).score).toBe(1)
  expect(scoreOf('contains', caseOf('It is 4701 [1].', { answer: '4701' })).score).toBe(1)
  expect(scoreOf('contains', caseOf('It is 4702.', { answer: '4701' }))).toMatchObject({
    score: 0,
    passed: false,
  })
  expect(scoreOf('token-f1', caseOf('port 4701 [1]', 'port 4701')).score).toBe(1)
})

test('an item without expectation is unscored, with the reason', () => {
  for (const name of ['exact-match', 'contains', 'token-f1']) {
    expect(scoreOf(name, caseOf('x', undefined))).toEqual({
      score: null,
      reason: 'The item has no expected answer.',
    })
  }
  expect(scoreOf('retrieval-recall', caseOf('x', 'answer')).score).toBeNull()
})

test('retrieval recall compares pages with the paths of the first k passages', () => {
  expect(scoreOf('retrieval-recall', caseOf('', { page: 'install.md#ports' })).score).toBe(1)
  expect(scoreOf('retrieval-recall', caseOf('', { pages: ['install.md', 'cli.md'] }))).toMatchObject({
    score: 0.5,
    reason: 'Missing cli.md; retrieved docs/install.md, docs/flows.md.',
  })
  const first = makeEvaluator({ name: 'retrieval-recall', k: 1, as: 'recall-1' })
  expect(first.name).toBe('recall-1')
  expect(first.evaluate(caseOf('', { page: 'flows.md' })).score).toBe(0)
  expect(first.evaluate(caseOf('', { page: 'x.md', unanswerable: true })).score).toBeNull()
  expect(scoreOf('retrieval-recall', caseOf('', { page: 'stall.md' })).score).toBe(0)
})

test('groundedness names the unsupported sentence', () => {
  expect(
    scoreOf('groundedness', caseOf('The gateway listens on port 4701. Bananas are yellow.', null)),
  ).toEqual({
    score: 0.5,
    reason: '1 of 2 sentences unsupported: "Bananas are yellow.".',
  })
  expect(scoreOf('groundedness', caseOf('I could not find this in the documents.', null)).score).toBeNull()
  expect(scoreOf('groundedness', caseOf('Yes.', null, { contexts: [] })).score).toBeNull()
})

test('abstention is right exactly when the question is unanswerable', () => {
  const declined = 'I could not find this in the documents.'
  expect(scoreOf('abstention', caseOf(declined, { unanswerable: true })).score).toBe(1)
  expect(scoreOf('abstention', caseOf(declined, { answer: '4701' })).score).toBe(0)
  expect(scoreOf('abstention', caseOf('4701', { answer: '4701' })).score).toBe(1)
  expect(scoreOf('abstention', caseOf('4701', { unanswerable: true })).score).toBe(0)
})

test('latency and cost report their value, and a verdict when there is a limit', () => {
  expect(scoreOf('latency', caseOf('', null))).toEqual({ score: 120, reason: '120 ms.' })
  expect(makeEvaluator({ name: 'latency', max: 100 }).evaluate(caseOf('', null)).passed).toBe(false)
  expect(scoreOf('cost', caseOf('', null)).score).toBe(500)
  expect(scoreOf('cost', caseOf('', null, { costNano: null })).score).toBeNull()
  expect(makeEvaluator('cost').lowerIsBetter).toBe(true)
})

test('an item whose target failed is unscored by every evaluator', () => {
  for (const name of ['latency', 'abstention', 'token-f1']) {
    const failed = { ...caseOf('', 'x'), error: 'timeout' }
    expect(scoreOf(name, failed)).toEqual({ score: null, reason: 'The target failed: timeout' })
  }
})

test('unknown names and options are refused with a suggestion', () => {
  expect(() => makeEvaluator('token-fl')).toThrow('No evaluator "token-fl". Did you mean "token-f1"?')
  expect(() => makeEvaluator('toString')).toThrow('Built in are: exact-match')
  expect(() => makeEvaluator({ name: 'groundedness', suport: 1 })).toThrow('Did you mean "support"?')
  expect(() => makeEvaluator({ name: 'retrieval-recall', k: 0.5 })).toThrow('whole number from 1, got 0.5')
})

test('share scores are null or between 0 and 1 for any answer', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.jsonValue(), (text, expected) => {
      for (const name of [
        'exact-match',
        'contains',
        'token-f1',
        'retrieval-recall',
        'groundedness',
        'abstention',
      ]) {
        const { score, reason } = scoreOf(name, caseOf(text, expected))
        expect(score === null || (score >= 0 && score <= 1)).toBe(true)
        expect(reason).not.toBe('')
      }
    }),
  )
})
