import fc from 'fast-check'
import { expect, test } from 'vitest'
import { judgeThreshold, parseThreshold } from './index.ts'

const metric = (mean: number | null, low: number | null = null) => ({
  mean,
  low,
  high: null,
  n: 10,
  unscored: 1,
})
const metrics = {
  'token-f1': metric(0.5, 0.35),
  groundedness: metric(0.9, 0.7),
  latency: metric(1500),
  empty: metric(null),
}
const passes = (expression: string) => judgeThreshold(expression, metrics).passed

test('a comparison reads the mean unless a field is named', () => {
  expect(parseThreshold('groundedness.low > 0.8')).toEqual({
    kind: 'comparison',
    metric: 'groundedness',
    field: 'low',
    operator: '>',
    value: 0.8,
    text: 'groundedness.low > 0.8',
  })
  expect(passes('token-f1 >= 0.5')).toBe(true)
  expect(passes('token-f1>0.5')).toBe(false)
  expect(passes('token-f1.unscored = 1')).toBe(true)
})

test('numbers may be percentages and durations', () => {
  expect(passes('token-f1 >= 50%')).toBe(true)
  expect(passes('latency <= 1.5s and latency >= 1500ms')).toBe(true)
})

test('and binds tighter than or, and parentheses group', () => {
  expect(passes('latency > 9000 and token-f1 > 0.9 or groundedness > 0.8')).toBe(true)
  expect(passes('latency > 9000 and (token-f1 > 0.9 or groundedness > 0.8)')).toBe(false)
})

test('the result tells which comparisons failed, with actual values', () => {
  expect(judgeThreshold('token-f1 >= 0.4 and groundedness.low > 0.8', metrics)).toEqual({
    expression: 'token-f1 >= 0.4 and groundedness.low > 0.8',
    passed: false,
    actual: 0.7,
    checks: [
      { text: 'token-f1 >= 0.4', metric: 'token-f1', passed: true, actual: 0.5 },
      { text: 'groundedness.low > 0.8', metric: 'groundedness', passed: false, actual: 0.7 },
    ],
  })
})

test('a metric without a value fails its comparison, also a negative one', () => {
  expect(judgeThreshold('empty <= 5', metrics)).toMatchObject({ passed: false, actual: null })
  expect(passes('empty != 5')).toBe(false)
})

test('an unknown metric names the nearest', () => {
  expect(() => judgeThreshold('token-fl > 1', metrics)).toThrow('Did you mean "token-f1"?')
})

test.each([
  ['', 'the name of a metric at position 1, found the end'],
  ['token-f1 0.4', 'one of >= > <= < == != at position 10, found "0.4"'],
  ['token-f1 >= much', 'a number at position 13, found "much"'],
  ['token-f1 >= 0.4 groundedness > 1', '"and", "or" or the end at position 17'],
  ['(token-f1 >= 0.4', '")" at position 17, found the end'],
  ['token-f1 >= 0.4 and', 'the name of a metric at position 20'],
  ['token-f1 >= 0.4 & x > 1', 'unexpected "&" at position 17'],
])('"%s" is refused: %s', (expression, problem) => {
  expect(() => parseThreshold(expression)).toThrow(problem)
})

test('any text either parses or is refused with a position', () => {
  const piece = fc.constantFrom('a', 'b.low', '>=', '<', '0.4', '-1e3', '5%', 'and', 'or', '(', ')', '$', ' ')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      let message = 'at position'
      try {
        parseThreshold(pieces.join(' '))
      } catch (error) {
        message = String(error)
      }
      expect(message).toContain('at position')
    }),
  )
})

test('a comparison agrees with arithmetic', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(), (mean, bound) => {
      const at = (operator: string) => judgeThreshold(`m ${operator} ${bound}`, { m: metric(mean) }).passed
      expect([at('>='), at('<'), at('=='), at('!=')]).toEqual([
        mean >= bound,
        mean < bound,
        mean === bound,
        mean !== bound,
      ])
    }),
  )
})
