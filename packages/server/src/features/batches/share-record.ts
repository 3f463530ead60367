import { createHash } from 'node:crypto'
import type { SpanRecord } from '@ratchet/contract'
import { linesOfModel, type RoutedLines } from './routed-lines.ts'

type Part = { readonly route: string; readonly record: SpanRecord }

/**
 * The span of an ended batch as one for each route that led to its model, by the number of lines that named it: the
 * provider tells totals, not what each line used. Together they are what the span was; the same span always gives the
 * same parts.
 */
export function shareRecord(record: SpanRecord, routes: RoutedLines): readonly Part[] {
  const lines = Object.entries(linesOfModel(routes, record.model) ?? { '': 1 }).toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  )
  const total = lines.reduce((sum, [, count]) => sum + count, 0)
  let before = 0
  return lines.map(([route, count]): Part => {
    // Differences of rounded running sums add up to the whole.
    const from = before / total
    const to = (before + count) / total
    before += count
    const share = (amount: number): number => Math.round(amount * to) - Math.round(amount * from)
    const part =
      lines.length === 1 ? record : { ...record, ...idsOf(record, route), ...amountsOf(record, share) }
    return { route, record: route === '' ? part : withRoute(part, route) }
  })
}

function amountsOf(
  { costNano, usage }: SpanRecord,
  share: (amount: number) => number,
): Pick<SpanRecord, 'costNano' | 'usage'> {
  const { units, ...tokens } = usage
  const shareAll = <Counts extends object>(counts: Counts): Counts =>
    Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, share(Number(count))])) as Counts
  return {
    costNano: share(costNano),
    usage: { ...shareAll(tokens), ...(units === undefined ? {} : { units: shareAll(units) }) },
  }
}

function idsOf({ traceId, spanId }: SpanRecord, route: string): Pick<SpanRecord, 'traceId' | 'spanId'> {
  const hash = createHash('sha256').update(`${traceId} ${spanId} ${route}`).digest('hex')
  return { traceId: hash.slice(0, 32), spanId: hash.slice(32, 48) }
}

function withRoute(record: SpanRecord, route: string): SpanRecord {
  return { ...record, attributes: `${record.attributes.slice(0, -1)},"route":${JSON.stringify(route)}}` }
}
