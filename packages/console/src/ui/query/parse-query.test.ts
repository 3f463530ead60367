import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseQuery } from './parse-query.ts'
import {
  printQuery,
  type QueryField,
  type QueryTerm,
  setValues,
  toggleValue,
  valuesOf,
} from './query-terms.ts'

const field = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/)
const value = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12 }),
  fc.constantFrom('a b', '"', '\\', ',', '>=2', 'x:y', '-x', '日本', 'שלום'),
)
const negated = fc.boolean()
const term: fc.Arbitrary<QueryTerm> = fc.oneof(
  fc.record({
    kind: fc.constant('match' as const),
    field,
    // An empty value is legal: it finds traces without one.
    values: fc.uniqueArray(fc.oneof(value, fc.constant('')), { minLength: 1, maxLength: 3 }),
    negated,
  }),
  fc.record({
    kind: fc.constant('compare' as const),
    field,
    operator: fc.constantFrom('>', '>=', '<', '<='),
    value,
    negated,
  }),
  fc.record({ kind: fc.constant('text' as const), text: value, negated }),
)

const fields: readonly QueryField[] = [
  { name: 'status', about: 'How it ended', kind: 'text', example: 'status:error' },
  { name: 'latency', about: 'Time taken', kind: 'number', example: 'latency>2s' },
]

describe('a typed query', () => {
  test('what is printed reads back as the same terms', () => {
    fc.assert(
      fc.property(fc.array(term, { maxLength: 5 }), (terms) => {
        const parsed = parseQuery(printQuery(terms))
        expect(parsed.terms.map((placed) => placed.term)).toEqual(terms)
        expect(parsed.problems).toEqual([])
      }),
    )
  })

  test('any text can be read, and a printed query without problems reads the same again', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        const parsed = parseQuery(text)
        if (parsed.problems.length > 0) return
        const once = printQuery(parsed.terms.map((placed) => placed.term))
        expect(printQuery(parseQuery(once).terms.map((placed) => placed.term))).toBe(once)
      }),
    )
  })

  test('filters, comparisons and quoted words are told apart', () => {
    const text = 'status:error,cancelled latency>=2s -"two words" plain'
    expect(parseQuery(text).terms.map((placed) => placed.term)).toEqual([
      { kind: 'match', field: 'status', values: ['error', 'cancelled'], negated: false },
      { kind: 'compare', field: 'latency', operator: '>=', value: '2s', negated: false },
      { kind: 'text', text: 'two words', negated: true },
      { kind: 'text', text: 'plain', negated: false },
    ])
  })

  test('an unknown field is named together with the known ones', () => {
    expect(parseQuery('statsu:error', fields).problems).toEqual([
      { start: 0, end: 12, message: expect.stringContaining('no field "statsu". Fields: status, latency') },
    ])
  })

  test('an open quote, a missing value and a comparison of words are problems', () => {
    expect(parseQuery('"open').problems[0]?.message).toContain('never closed')
    expect(parseQuery('status:', fields).problems[0]?.message).toContain('needs a value')
    expect(parseQuery('status>2', fields).problems[0]?.message).toContain('cannot be compared')
  })
})

describe('facets and the query', () => {
  test('a value toggled twice leaves the query as it was', () => {
    fc.assert(
      fc.property(fc.array(term, { maxLength: 4 }), value, (terms, chosen) => {
        const others = terms.filter((one) => one.kind !== 'match' || one.field !== 'status')
        expect(toggleValue(toggleValue(others, 'status', chosen), 'status', chosen)).toEqual(others)
      }),
    )
  })

  test('values of one field become one term at the place of the first', () => {
    const terms = parseQuery('status:error plain status:ok').terms.map((placed) => placed.term)
    expect(printQuery(toggleValue(terms, 'status', 'cancelled'))).toBe('status:error,ok,cancelled plain')
    expect(valuesOf(terms, 'status')).toEqual(['error', 'ok'])
    expect(printQuery(setValues(terms, 'status', []))).toBe('plain')
  })
})
