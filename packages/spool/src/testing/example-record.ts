import { randomBytes } from 'node:crypto'
import { makeSpanRecord, type SpanDraft, type SpanFields } from '../records/span-record.ts'

/** A valid span record with fields of the test's choice. */
export function exampleRecord(fields: Partial<SpanFields> = {}): SpanDraft {
  return makeSpanRecord({
    project: '00000000-0000-4000-8000-000000000001',
    environment: 'development',
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    name: 'offline/extractive',
    type: 'llm',
    startUs: 1_700_000_000_000_000,
    durationUs: 1500,
    input: '[{"role":"user","content":"héllo"}]',
    output: 'hi there',
    ...fields,
  })
}
