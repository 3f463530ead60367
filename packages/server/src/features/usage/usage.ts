import {
  AppError,
  usageDimension,
  usageDimensions,
  type getUsage,
  type OutputOf,
  type UsageDimension,
  type UsageFigures,
} from '@ratchet/contract'
import type { z } from 'zod'
import { periodAt } from '@ratchet/core/limits'
import type { Clickhouse } from '#platform/clickhouse/open-clickhouse.ts'
import type { Clock } from '#platform/clock.ts'
import { readForecasts } from './forecasts.ts'
import { costSeries } from './cost-series.ts'
import type { UsageFilters } from './selected-spans.ts'
import { readGroups, readTotal } from './usage-store.ts'
import { tracesBehind } from './usage-traces.ts'

export type UsageQuery = z.output<(typeof getUsage)['query']>

/** Use and cost of models. Every call is about one project. */
export type Usage = {
  readonly measure: (
    project: string,
    query: UsageQuery,
    signal?: AbortSignal,
  ) => Promise<OutputOf<typeof getUsage>>
}

export type UsageParts = {
  readonly clickhouse: Pick<Clickhouse, 'forProject'>
  readonly clock: Pick<Clock, 'now'>
  /** Names of keys by id. */
  readonly keyNames: (project: string, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>
}

const dayMs = 86_400_000
const mostDays = 400
const mostHourDays = 31
const mostDimensions = 3
const mostGroups = 10_000

/** Makes the feature over the columnar engine. */
export function makeUsage(parts: UsageParts): Usage {
  return {
    measure: async (project, query, signal) => {
      const by = readDimensions(query.by)
      const nowMs = parts.clock.now()
      const range = readRange(query, by, nowMs)
      const { key, user, app, model, connection, route, environment } = query
      const filters: UsageFilters = { key, user, app, model, connection, route, environment }
      const selection = { ...range, filters, by }
      const skipped = readCursor(query.cursor)
      const most = Math.min(mostGroups, skipped + query.limit)
      const queries = parts.clickhouse.forProject(project)
      const [total, found] = await Promise.all([
        readTotal(queries, selection, { signal }),
        readGroups(queries, { ...selection, order: query.sort, most }, { signal }),
      ])
      const shown = found.slice(skipped)
      const wantsForecast = query.forecast === 'true' && !by.some(isTime)
      const values = shown.map((group) => group.values)
      const [forecasts, series, names] = await Promise.all([
        wantsForecast
          ? readForecasts(queries, { filters, by, nowMs, groups: values }, { signal })
          : undefined,
        query.series === 'none'
          ? undefined
          : costSeries(queries, { ...selection, step: query.series, groups: values }, { signal }),
        readKeyNames(parts, project, by, values),
      ])
      const rest = total.groups > found.length ? subtract(total.figures, found) : undefined
      return {
        from: new Date(range.fromMs).toISOString(),
        to: new Date(range.toMs).toISOString(),
        by,
        total: {
          ...total.figures,
          ...(forecasts?.total === undefined ? {} : { forecast: forecasts.total }),
          traces: tracesBehind(selection),
        },
        groupCount: total.groups,
        groups: shown.map((group, index) => {
          const forecast = forecasts?.groups[index]
          const name = names.get(group.values[by.indexOf('key')] ?? '')
          return {
            values: [...group.values],
            ...(name === undefined ? {} : { name }),
            ...group.figures,
            ...(forecast === undefined ? {} : { forecast }),
            traces: tracesBehind(selection, by, group.values),
          }
        }),
        ...(rest === undefined ? {} : { rest }),
        ...(series === undefined ? {} : { series }),
        ...(total.groups > found.length && most < mostGroups ? { nextCursor: String(most) } : {}),
      }
    },
  }
}

function isTime(dimension: UsageDimension): dimension is 'day' | 'hour' {
  return dimension === 'day' || dimension === 'hour'
}

function readDimensions(text: string): UsageDimension[] {
  const by = text.split(',').map((word) => {
    const dimension = usageDimension.safeParse(word.trim()).data
    if (dimension !== undefined) return dimension
    throw new AppError('bad_request', {
      message: `"by" names "${word}", which use cannot be grouped by. Use ${usageDimensions.join(', ')}.`,
      details: { by: text },
    })
  })
  if (by.length > mostDimensions || new Set(by).size < by.length) {
    throw new AppError('bad_request', {
      message: `"by" is "${text}": name at most ${mostDimensions} different dimensions.`,
      details: { by: text },
    })
  }
  return by
}

function readRange(query: UsageQuery, by: readonly UsageDimension[], nowMs: number) {
  const toMs = query.to === undefined ? nowMs : Date.parse(query.to)
  const fromMs = query.from === undefined ? periodAt('month', toMs).startMs : Date.parse(query.from)
  const days = by.includes('hour') || query.series === 'hour' ? mostHourDays : mostDays
  if (fromMs < toMs && toMs - fromMs <= days * dayMs) return { fromMs, toMs }
  throw new AppError('bad_request', {
    message:
      fromMs < toMs
        ? `The range covers more than ${days} days${days === mostHourDays ? ' in hours' : ''}. Choose a later "from".`
        : `"from" (${new Date(fromMs).toISOString()}) is not before "to" (${new Date(toMs).toISOString()}).`,
    details: { from: query.from, to: query.to },
  })
}

function readCursor(cursor: string | undefined): number {
  if (cursor === undefined) return 0
  const skipped = Number(cursor)
  if (Number.isInteger(skipped) && skipped > 0 && skipped < mostGroups) return skipped
  throw new AppError('bad_request', {
    message: `The cursor "${cursor}" is not one of this list. Start again without a cursor.`,
    details: { cursor },
  })
}

async function readKeyNames(
  { keyNames }: UsageParts,
  project: string,
  by: readonly UsageDimension[],
  groups: readonly (readonly string[])[],
): Promise<ReadonlyMap<string, string>> {
  const place = by.indexOf('key')
  const ids = new Set(groups.map((values) => values[place] ?? '').filter((id) => uuidShape.test(id)))
  return ids.size === 0 ? new Map<string, string>() : keyNames(project, [...ids])
}

/** Keys of tests and of the command line are no ids of the database. */
const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

function subtract(total: UsageFigures, groups: readonly { readonly figures: UsageFigures }[]): UsageFigures {
  const less = (pick: (figures: UsageFigures) => number): number =>
    groups.reduce((rest, { figures }) => rest - pick(figures), pick(total))
  return {
    requests: less(({ requests }) => requests),
    errors: less(({ errors }) => errors),
    retries: less(({ retries }) => retries),
    inputTokens: less(({ inputTokens }) => inputTokens),
    cachedInputTokens: less(({ cachedInputTokens }) => cachedInputTokens),
    outputTokens: less(({ outputTokens }) => outputTokens),
    cacheWriteHourTokens: less(({ cacheWriteHourTokens }) => cacheWriteHourTokens),
    audioInputTokens: less(({ audioInputTokens }) => audioInputTokens),
    audioOutputTokens: less(({ audioOutputTokens }) => audioOutputTokens),
    imageInputTokens: less(({ imageInputTokens }) => imageInputTokens),
    imageOutputTokens: less(({ imageOutputTokens }) => imageOutputTokens),
    images: less(({ images }) => images),
    audioMs: less(({ audioMs }) => audioMs),
    characters: less(({ characters }) => characters),
    searches: less(({ searches }) => searches),
    containers: less(({ containers }) => containers),
    costNano: less(({ costNano }) => costNano),
    unknownCost: less(({ unknownCost }) => unknownCost),
    savedNano: less(({ savedNano }) => savedNano),
  }
}
