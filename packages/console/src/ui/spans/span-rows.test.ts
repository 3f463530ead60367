import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type SpanShape, toSpanRows } from './span-rows.ts'

const span = (spanId: string, parentSpanId: string, offsetUs: number): SpanShape => ({
  spanId,
  parentSpanId,
  name: spanId,
  offsetUs,
  durationUs: 1,
})

test('parents come before children, siblings in the order they started', () => {
  const rows = toSpanRows([
    span('b', 'root', 5),
    span('root', '', 0),
    span('c', 'a', 2),
    span('a', 'root', 1),
  ])
  expect(rows.map((row) => `${'-'.repeat(row.depth)}${row.span.spanId}`)).toEqual(['root', '-a', '--c', '-b'])
})

test('a span whose parent has not arrived is a root', () => {
  expect(toSpanRows([span('late', 'missing', 3)]).map((row) => row.depth)).toEqual([0])
})

test('children of a closed span are left out, the span itself stays', () => {
  const rows = toSpanRows([span('root', '', 0), span('a', 'root', 1), span('b', 'a', 2)], new Set(['a']))
  expect(rows.map((row) => row.span.spanId)).toEqual(['root', 'a'])
  expect(rows[1]?.childCount).toBe(1)
})

test('every span is drawn exactly once, whatever the parents say', () => {
  const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(id, id, fc.nat(9)), { selector: ([own]) => own }), (triples) => {
      const spans = triples.map(([own, parent, at]) => span(own, parent, at))
      const drawn = toSpanRows(spans).map((row) => row.span.spanId)
      expect([...drawn].sort()).toEqual(spans.map(({ spanId }) => spanId).sort())
    }),
  )
})
