import { randomHex } from './random-hex.ts'

/** Where a call stands in its trace. */
export type TraceContext = { readonly traceId: string; readonly parentSpanId: string }

const shape = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?:-.*)?$/

/** Reads W3C `traceparent`; a missing or invalid one starts a new trace, as the standard demands. */
export function readTraceContext(traceparent: string | undefined): TraceContext {
  if (traceparent !== undefined) {
    const match = shape.exec(traceparent)
    const traceId = match?.[1]
    const parentSpanId = match?.[2]
    const isValid =
      !traceparent.startsWith('ff') && !/^0+$/.test(traceId ?? '0') && !/^0+$/.test(parentSpanId ?? '0')
    if (traceId !== undefined && parentSpanId !== undefined && isValid) return { traceId, parentSpanId }
  }
  return { traceId: randomHex(16), parentSpanId: '' }
}
