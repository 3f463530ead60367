import { AppError, type OutputOf, type Page, type Score, type Span, type SpanRecord } from '@ratchet/contract'
import type { createScore, getTrace, traceFacets, TraceSummary } from '@ratchet/contract'
import type { DeadLetters } from '#platform/clickhouse/dead-letter.ts'
import type { Clickhouse } from '#platform/clickhouse/open-clickhouse.ts'
import { timeTextOfMs, timeTextOfUs } from '#platform/clickhouse/time-text.ts'
import type { ProjectQueries, QueryOptions } from '#platform/clickhouse/project-queries.ts'
import type { Clock } from '#platform/clock.ts'
import type { MakeId } from '#platform/ids.ts'
import type { Log } from '#platform/log.ts'
import { decodeCursor, encodeCursor, type SortColumn } from '#platform/postgres/keyset-page.ts'
import type { z } from 'zod'
import { readFacets, readFigures, readModelFacet, readSeries, type FacetValue } from './facet-store.ts'
import { fillBuckets, rangeOf } from './fill-buckets.ts'
import { makeIngestion, type Ingestion } from './ingest/ingestion.ts'
import { readTraceList, type TracePosition } from './list-store.ts'
import { parseQuery } from './query/parse-query.ts'
import { filterOf, type TraceFilter } from './query/query-filter.ts'
import { makeTailHub } from './tail-hub.ts'
import { hasTrace, readScores, readSpans, scoreRowOf } from './trace-store.ts'
import { orderSpans, summariseSpans } from './trace-tree.ts'

/** Which traces: text of the query language, an environment, and start times (ISO 8601; `to` is exclusive). */
export type Selection = {
  readonly query?: string | undefined
  readonly environment?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** Spans, their traces and scores. Every call is about one project. */
export type Traces = Ingestion & {
  readonly list: (
    project: string,
    selection: Selection & { limit: number; cursor?: string | undefined },
    signal?: AbortSignal,
  ) => Promise<Page<TraceSummary>>
  readonly facets: (
    project: string,
    selection: Selection,
    signal?: AbortSignal,
  ) => Promise<OutputOf<typeof traceFacets>>
  /** Throws `not_found` when no span of the trace has arrived. */
  readonly show: (
    project: string,
    traceId: string,
    signal?: AbortSignal,
  ) => Promise<OutputOf<typeof getTrace>>
  /** Traces of the selection as they arrive, until the signal aborts. */
  readonly tail: (project: string, selection: Selection, signal: AbortSignal) => AsyncGenerator<TraceSummary>
  readonly addScore: (
    project: string,
    score: z.output<(typeof createScore)['body']> & { author: string },
  ) => Promise<Score>
  readonly scoresOf: (project: string, traceId: string) => Promise<Score[]>
  readonly stop: () => Promise<void>
}

export type TracesParts = {
  readonly clickhouse: Clickhouse
  readonly deadLetters: DeadLetters
  readonly clock: Clock
  readonly makeId: MakeId
  readonly log: Log
  /** Told of spans once they are stored; the same shipment may come twice. */
  readonly onStored?: ((records: readonly SpanRecord[], token?: string) => void) | undefined
}

const listOrder: readonly SortColumn[] = [
  { column: 'start', type: 'int8' },
  { column: 'trace_id', type: 'text' },
]
const mostSpans = 2000
const stepsSeconds = [1, 5, 15, 60, 300, 900, 3600, 6 * 3600, 86_400, 7 * 86_400, 30 * 86_400]
const mostBuckets = 60

/** Makes the traces feature over the columnar engine. */
export function makeTraces(parts: TracesParts): Traces {
  const { clickhouse, clock, makeId } = parts
  const hub = makeTailHub(clock)
  const ingestion = makeIngestion({ ...parts, announce: hub.announce })
  async function* follow(project: string, filter: TraceFilter, signal: AbortSignal) {
    for await (const arrived of hub.listen(project, signal)) {
      const startsUs = arrived.map((trace) => trace.startUs)
      const around = withinStarts(filter, Math.min(...startsUs), Math.max(...startsUs))
      const page = { limit: arrived.length, traceIds: arrived.map((trace) => trace.traceId) }
      const rows = await readTraceList(clickhouse.forProject(project), around, page, { signal })
      for (const row of rows.toReversed()) yield row.summary
    }
  }
  return {
    ...ingestion,
    list: async (project, selection, signal) => {
      const rows = await readTraceList(
        clickhouse.forProject(project),
        selectionFilter(selection),
        { limit: selection.limit + 1, after: positionOf(selection.cursor) },
        { signal },
      )
      const shown = rows.slice(0, selection.limit)
      const last = shown.at(-1)
      const hasMore = rows.length > selection.limit && last !== undefined
      const items = shown.map((row) => row.summary)
      return hasMore
        ? { items, nextCursor: cursorOf({ startUs: last.startUs, traceId: last.summary.traceId }) }
        : { items }
    },
    facets: async (project, selection, signal) => {
      const queries = clickhouse.forProject(project)
      const filter = selectionFilter(selection)
      const [figures, facets, models] = await Promise.all([
        readFigures(queries, filter, { signal }),
        readOpenFacets(queries, selection, { signal }),
        readModelFacet(queries, filter, { signal }),
      ])
      const { firstUs, lastUs } = rangeOf(selection, figures, clock.now())
      const step = stepFor(lastUs - firstUs)
      const series = figures.total === 0 ? [] : await readSeries(queries, filter, step, { signal })
      return {
        total: figures.total,
        errors: figures.errors,
        ...(figures.p50Ms === undefined ? {} : { p50Ms: figures.p50Ms }),
        ...(figures.p95Ms === undefined ? {} : { p95Ms: figures.p95Ms }),
        costNano: models.costNano,
        facets: [...facets, { field: 'model', values: models.values }],
        series: fillBuckets(series, { firstUs, lastUs }, step).map(({ atUs, ...counts }) => ({
          at: isoOfUs(atUs),
          ...counts,
        })),
      }
    },
    show: async (project, traceId, signal) => {
      const spans = await readSpans(clickhouse.forProject(project), traceId, mostSpans + 1, { signal })
      const [first, ...rest] = orderSpans(spans.slice(0, mostSpans))
      if (!first) throw traceNotFound(traceId)
      const ordered: [Span, ...Span[]] = [first, ...rest]
      return {
        traceId,
        summary: summariseSpans(ordered),
        spans: ordered,
        truncated: spans.length > mostSpans,
      }
    },
    tail: (project, selection, signal) => {
      // Read before the first event, so that a wrong query is an error and not an empty stream.
      const filter = selectionFilter(selection)
      return follow(project, filter, signal)
    },
    addScore: async (project, { traceId, author, ...given }) => {
      if (!(await hasTrace(clickhouse.forProject(project), traceId))) throw traceNotFound(traceId)
      const score: Score = {
        id: makeId(),
        traceId,
        spanId: given.spanId ?? '',
        name: given.name,
        value: given.value ?? null,
        label: given.label,
        comment: given.comment,
        origin: given.origin,
        author,
        createdAt: isoOfUs(clock.now() * 1000),
      }
      await clickhouse.insert('scores', [scoreRowOf(project, score)], { token: `score-${score.id}` })
      return score
    },
    scoresOf: (project, traceId) => readScores(clickhouse.forProject(project), traceId),
  }
}

/** Values of each field, counted without the field's own filter: a chosen value must not hide its alternatives. */
async function readOpenFacets(
  queries: ProjectQueries,
  selection: Selection,
  options: QueryOptions,
): Promise<{ field: string; values: FacetValue[] }[]> {
  const facets = await readFacets(queries, selectionFilter(selection), options)
  const filtered = new Set(
    parseQuery(selection.query ?? '').flatMap((term) =>
      term.kind === 'match' ? [term.field as string] : [],
    ),
  )
  return Promise.all(
    facets.map(async (facet) => {
      if (!filtered.has(facet.field)) return facet
      const open = await readFacets(queries, selectionFilter(selection, facet.field), options)
      return open.find(({ field }) => field === facet.field) ?? facet
    }),
  )
}

function selectionFilter(selection: Selection, without?: string): TraceFilter {
  const typed = parseQuery(selection.query ?? '').filter(
    (term) => term.kind !== 'match' || term.field !== without,
  )
  const { environment } = selection
  const query =
    environment === undefined
      ? typed
      : [
          ...typed,
          { kind: 'match' as const, field: 'environment' as const, values: [environment], negated: false },
        ]
  return filterOf(query, { from: timeText(selection.from), to: timeText(selection.to) })
}

function withinStarts(filter: TraceFilter, firstUs: number, lastUs: number): TraceFilter {
  return {
    conditions: [
      ...filter.conditions,
      'start BETWEEN {tail_first:DateTime64(6)} AND {tail_last:DateTime64(6)}',
    ],
    parameters: { ...filter.parameters, tail_first: timeTextOfUs(firstUs), tail_last: timeTextOfUs(lastUs) },
  }
}

function timeText(time: string | undefined): string | undefined {
  return time === undefined ? undefined : timeTextOfMs(new Date(time))
}

function isoOfUs(us: number): string {
  return new Date(us / 1000).toISOString()
}

function positionOf(cursor: string | undefined): TracePosition | undefined {
  if (cursor === undefined) return undefined
  const [startUs = '', traceId = ''] = decodeCursor(cursor, listOrder)
  return { startUs: Number(startUs), traceId }
}

function cursorOf(position: TracePosition): string {
  return encodeCursor(listOrder, [String(position.startUs), position.traceId])
}

function stepFor(spanUs: number): number {
  const seconds = spanUs / 1_000_000
  return stepsSeconds.find((step) => seconds / step < mostBuckets) ?? Math.ceil(seconds / mostBuckets)
}

function traceNotFound(traceId: string): AppError {
  return new AppError('not_found', {
    message: `No trace "${traceId}" in this project. A trace appears within a second of its call; list them with: ratchet traces list`,
    details: { traceId },
  })
}
