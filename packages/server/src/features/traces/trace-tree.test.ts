import type { Span } from '@ratchet/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { previewOf, cutText, cutTextFromEnd } from './ingest/preview-text.ts'
import { orderSpans } from './trace-tree.ts'

const spanAt = (spanId: string, parentSpanId: string, offsetUs: number) =>
  ({ spanId, parentSpanId, offsetUs }) as Span

test('parents come before children and siblings by start', () => {
  const spans = [
    spanAt('c', 'a', 30),
    spanAt('b', 'a', 10),
    spanAt('d', 'b', 20),
    spanAt('a', '', 0),
    spanAt('x', 'gone', 5),
  ]
  expect(orderSpans(spans).map((span) => span.spanId)).toEqual(['a', 'b', 'd', 'c', 'x'])
})

test('any set of spans, with cycles and missing parents, is kept whole and each parent stands before its children', () => {
  const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
  fc.assert(
    fc.property(
      fc.uniqueArray(
        fc.record({ spanId: id, parentSpanId: fc.oneof(id, fc.constant('')), offsetUs: fc.nat(9) }),
        {
          selector: (span) => span.spanId,
        },
      ),
      (parts) => {
        const spans = parts as Span[]
        const ordered = orderSpans(spans)
        expect(new Set(ordered)).toEqual(new Set(spans))
        expect(ordered).toHaveLength(spans.length)
        const isInCycle = (span: Span) => {
          let at: Span | undefined = span
          for (let step = 0; at && step <= spans.length; step++)
            at = spans.find((each) => each.spanId === at?.parentSpanId)
          return at !== undefined
        }
        const tooEarly = ordered.filter((span, index) => {
          const parentAt = ordered.findIndex((each) => each.spanId === span.parentSpanId)
          return parentAt > index && !isInCycle(span)
        })
        expect(tooEarly).toEqual([])
      },
    ),
  )
})

test('a preview shows the newest message that has text, and plain text as it is', () => {
  expect(previewOf('[{"role":"user","content":"first"},{"role":"assistant","content":null}]')).toBe('first')
  expect(previewOf('[{"role":"user","content":[{"type":"text","text":"look"},{"type":"image_url"}]}]')).toBe(
    'look',
  )
  expect(previewOf('[{"not":"messages"}]')).toBe('[{"not":"messages"}]')
  expect(previewOf('[{"broken')).toBe('[{"broken')
})

test('a cut never leaves half a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(20), (text, limit) => {
      for (const cut of [cutText(text, limit), cutTextFromEnd(text, limit)]) {
        expect(cut.length).toBeLessThanOrEqual(limit)
        expect(cut.isWellFormed()).toBe(true)
      }
    }),
  )
})
