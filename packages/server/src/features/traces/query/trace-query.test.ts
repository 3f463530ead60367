import { isAppError } from '@ratchet/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseQuery } from './parse-query.ts'
import { printQuery } from './print-query.ts'
import {
  queryFields,
  queryFieldNames,
  isTextField,
  type NumberFieldName,
  type TextFieldName,
} from './query-fields.ts'
import type { QueryTerm } from './trace-query.ts'

function problemOf(source: string) {
  try {
    parseQuery(source)
  } catch (error) {
    if (isAppError(error))
      return { position: error.details['position'], message: error.message, code: error.code }
  }
  throw new Error(`"${source}" was accepted`)
}

test('a typed query becomes conditions in stored units', () => {
  expect(
    parseQuery(
      'status:error,cancelled  model:gpt* latency>2s cost>=0.01 tokens>1k -user:ada "two words" deploy -later',
    ),
  ).toEqual([
    { kind: 'match', field: 'status', values: ['error', 'cancelled'], negated: false },
    { kind: 'match', field: 'model', values: ['gpt*'], negated: false },
    { kind: 'compare', field: 'latency', comparison: '>', value: 2_000_000, negated: false },
    { kind: 'compare', field: 'cost', comparison: '>=', value: 10_000_000, negated: false },
    { kind: 'compare', field: 'tokens', comparison: '>', value: 1000, negated: false },
    { kind: 'match', field: 'user', values: ['ada'], negated: true },
    { kind: 'text', text: 'two words', negated: false },
    { kind: 'text', text: 'deploy', negated: false },
    { kind: 'text', text: 'later', negated: true },
  ])
  expect(parseQuery('  ')).toEqual([])
})

test('values may hold colons, slashes and, in quotes, spaces and commas', () => {
  expect(parseQuery('model:offline/extractive user:"Ada, Countess" session:a:b release:""')).toMatchObject([
    { values: ['offline/extractive'] },
    { values: ['Ada, Countess'] },
    { values: ['a:b'] },
    { values: [''] },
  ])
})

test('durations without a unit are milliseconds, and :> means >', () => {
  expect(parseQuery('latency:>500 first-token<=1.5m')).toMatchObject([
    { comparison: '>', value: 500_000 },
    { comparison: '<=', value: 90_000_000 },
  ])
})

test('an unknown field is named with its position, the nearest field and all fields', () => {
  const problem = problemOf('status:error modle:gpt')
  expect(problem).toMatchObject({ code: 'bad_request', position: 14 })
  expect(problem.message).toContain('Did you mean "model"')
  expect(problem.message).toContain('first-token')
})

test.each([
  ['latency>fast', 9, '500ms'],
  ['status:eror', 8, 'Did you mean "error"'],
  ['user>5', 5, 'user:value'],
  ['app:', 5, 'needs a value'],
  ['"open', 1, 'never closed'],
  ['a ""', 3, 'empty'],
  ['x -', 3, 'after "-"'],
])('the query %s is refused at character %i', (source, position, words) => {
  const problem = problemOf(source)
  expect(problem.position).toBe(position)
  expect(problem.message).toContain(words)
})

const textFields = queryFieldNames.filter((name): name is TextFieldName => isTextField(name))
const numberFields = queryFieldNames.filter((name): name is NumberFieldName => !isTextField(name))
const term: fc.Arbitrary<QueryTerm> = fc.oneof(
  fc.constantFrom(...textFields).chain((field) =>
    fc.record({
      kind: fc.constant('match' as const),
      field: fc.constant(field),
      values: fc.array(
        'values' in queryFields[field]
          ? fc.constantFrom(...(queryFields[field].values as readonly string[]))
          : fc.string({ unit: 'grapheme' }),
        { minLength: 1, maxLength: 3 },
      ),
      negated: fc.boolean(),
    }),
  ),
  fc.record({
    kind: fc.constant('compare' as const),
    field: fc.constantFrom(...numberFields),
    comparison: fc.constantFrom('>' as const, '>=' as const, '<' as const, '<=' as const, '=' as const),
    value: fc.integer({ min: 0, max: 1e12 }),
    negated: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('text' as const),
    text: fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text.trim() !== ''),
    negated: fc.boolean(),
  }),
)

test('printing a query and parsing it again gives the same query', () => {
  fc.assert(
    fc.property(fc.array(term, { maxLength: 6 }), (query) => {
      expect(parseQuery(printQuery(query))).toEqual(query)
    }),
    { numRuns: 500 },
  )
})

test('any text is either read or refused with a position inside it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (source) => {
      const position = positionOf(source)
      expect(position).toBeGreaterThanOrEqual(0)
      expect(position).toBeLessThanOrEqual(source.length + 1)
    }),
  )
})

function positionOf(source: string): number {
  try {
    parseQuery(source)
    return 0
  } catch (error) {
    return isAppError(error) ? Number(error.details['position']) : -1
  }
}
