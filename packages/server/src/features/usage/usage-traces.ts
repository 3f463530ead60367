import { callTypes, type UsageDimension, type UsageTraces } from '@ratchet/contract'
import { printQuery } from '#features/traces'
import type { UsageFilters, ValueDimension } from './selected-spans.ts'

const lengthMs = { day: 86_400_000, hour: 3_600_000 } as const

/** The traces behind a group: filters and values of the group as a query, and its part of the range. */
export function tracesBehind(
  selection: { readonly filters: UsageFilters; readonly fromMs: number; readonly toMs: number },
  by: readonly UsageDimension[] = [],
  values: readonly string[] = [],
): UsageTraces {
  const wanted: Partial<Record<ValueDimension, string>> = {}
  let { fromMs, toMs } = selection
  for (const [name, value] of Object.entries(selection.filters)) {
    if (value !== undefined) wanted[name as ValueDimension] = value
  }
  by.forEach((dimension, index) => {
    const value = values[index] ?? ''
    if (dimension === 'day' || dimension === 'hour') {
      const startMs = Date.parse(value)
      fromMs = Math.max(fromMs, startMs)
      toMs = Math.min(toMs, startMs + lengthMs[dimension])
    } else wanted[dimension] = value
  })
  // Attempts and calls of models are of these types; without one, an empty value would match any other span.
  const query = printQuery([
    { kind: 'match', field: 'type', values: [...callTypes], negated: false },
    ...Object.entries(wanted).map(([name, value]) => ({
      kind: 'match' as const,
      field: name as ValueDimension,
      values: [value],
      negated: false,
    })),
  ])
  return { query, from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() }
}
