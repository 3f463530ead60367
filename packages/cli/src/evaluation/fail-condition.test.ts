import { expect, test } from 'vitest'
import { evaluationFigures, parseFailCondition } from './fail-condition.ts'

const metric = { mean: 0.5, low: 0.4, high: 0.6, n: 40, unscored: 0, method: 'clustered' as const }
const compared = {
  difference: -0.1,
  low: -0.2,
  high: -0.01,
  p: 0.03,
  pAdjusted: 0.06,
  n: 40,
  improved: 3,
  worse: 9,
  equal: 28,
}
const figures = evaluationFigures(
  { metrics: { 'token-f1': metric, latency: { ...metric, mean: 1500 }, recall: { ...metric, mean: null } } },
  { 'token-f1': compared },
)

test.each([
  ['token-f1 < 0.4', false],
  ['token-f1 < 60%', true],
  ['token-f1.low <= .4', true],
  ['latency > 1s and token-f1 > 0.9 or token-f1.n == 40', true],
  ['latency > 1s and (token-f1 > 0.9 or token-f1.n == 41)', false],
  ['latency>1400ms', true],
  ['comparison.token-f1.high < 0', true],
  ['comparison.token-f1.worse != 9', false],
  ['recall < 0.1', true],
])('%s', (text, expected) => {
  expect(parseFailCondition(text).holds(figures)).toBe(expected)
})

test.each([
  ['', 'expected the name of a figure at position 1, found the end'],
  ['token-f1 0.4', 'expected one of >= > <= < == != at position 10, found "0.4"'],
  ['token-f1 < low', 'expected a number at position 12'],
  ['(token-f1 < 1', 'expected ")" at position 14'],
  ['token-f1 < 1 latency', 'expected "and", "or" or the end at position 14'],
])('a condition that cannot be read names the place: %j', (text, message) => {
  expect(() => parseFailCondition(text)).toThrow(message)
})

test('an unknown figure lists the known ones', () => {
  expect(() => parseFailCondition('tokenf1 < 1').holds(figures)).toThrow(
    'It has: token-f1, latency, recall, comparison.token-f1.difference',
  )
})
