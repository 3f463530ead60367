import { z } from 'zod'
import { defineRoute } from '../define-route.ts'
import { time } from '../words.ts'

const count = z.number().int().min(0)

/** What use can be grouped by. `route` is the name that callers used; days and hours are in UTC. */
export const usageDimensions = [
  'key',
  'user',
  'app',
  'model',
  'connection',
  'route',
  'environment',
  'day',
  'hour',
] as const
export const usageDimension = z.enum(usageDimensions)
export type UsageDimension = z.output<typeof usageDimension>

/** Figures over model calls, embeddings and batches. Tokens and cost include attempts that another one followed. */
export const usageFigures = z.object({
  /** Calls as callers made them, and requests of batches; attempts are not counted here. */
  requests: count,
  /** Requests that failed. */
  errors: count,
  /** Attempts that another one followed. */
  retries: count,
  /** Includes cached tokens. */
  inputTokens: count,
  cachedInputTokens: count,
  outputTokens: count,
  /** Parts of the input: kept for an hour, sound, pictures. */
  cacheWriteHourTokens: count.default(0),
  audioInputTokens: count.default(0),
  imageInputTokens: count.default(0),
  /** Parts of the output. */
  audioOutputTokens: count.default(0),
  imageOutputTokens: count.default(0),
  /** What is no token: pictures made, milliseconds of sound heard, characters spoken, searches, containers of code. */
  images: count.default(0),
  audioMs: count.default(0),
  characters: count.default(0),
  searches: count.default(0),
  containers: count.default(0),
  costNano: z.number().int(),
  /** Calls and attempts that used a model without a known price: their cost is missing in `costNano`. */
  unknownCost: count,
  /** By routes against their baseline and by kept answers; can be negative. */
  savedNano: z.number().int(),
  /** Of requests that succeeded, kept answers included; absent when none did. */
  p50Ms: z.number().optional(),
  p95Ms: z.number().optional(),
  /** Of streamed answers; absent when there was none. */
  firstTokenP50Ms: z.number().optional(),
  firstTokenP95Ms: z.number().optional(),
})
export type UsageFigures = z.output<typeof usageFigures>

/** The traces behind a figure: for `GET /api/v1/traces` and the traces page. */
export const usageTraces = z.object({ query: z.string(), from: time, to: time })
export type UsageTraces = z.output<typeof usageTraces>

/** Where this month's cost will stand when it ends. */
export const usageForecast = z.object({
  /** In the month so far. */
  spentNano: z.number().int(),
  atEndNano: z.number().int(),
  /** Nine times in ten the month ends between these, if days keep varying as they did. Absent below three whole days. */
  lowNano: z.number().int().optional(),
  highNano: z.number().int().optional(),
  /** `weekdays`: by what each day of the week used to cost; `rate`: as fast as so far. */
  method: z.enum(['weekdays', 'rate']),
  endsAt: time,
})
export type UsageForecast = z.output<typeof usageForecast>

export const usageGroup = z.object({
  /** One value for each dimension asked for, in that order; empty when calls have none. Times are ISO 8601. */
  values: z.array(z.string()),
  /** What a person calls it: the name of a key. */
  name: z.string().optional(),
  ...usageFigures.shape,
  forecast: usageForecast.optional(),
  traces: usageTraces,
})
export type UsageGroup = z.output<typeof usageGroup>

const filter = z.string().max(300).optional()

export const getUsage = defineRoute({
  name: 'getUsage',
  method: 'GET',
  path: '/api/v1/usage',
  summary: 'Requests, tokens, cost and latency of model calls by key, user, app, model, route or time',
  tag: 'gateway',
  permission: 'gateway:read',
  query: z.object({
    /** One to three dimensions, separated by commas: `model` or `day,key`. */
    by: z.string().max(60).default('model'),
    /** Default: the beginning of this month. */
    from: time.optional(),
    /** Exclusive. Default: now. */
    to: time.optional(),
    key: filter,
    user: filter,
    app: filter,
    model: filter,
    connection: filter,
    route: filter,
    environment: filter,
    sort: z.enum(['cost', 'requests', 'tokens', 'errors']).default('cost'),
    limit: z.coerce.number().int().min(1).max(500).default(20),
    cursor: z.string().max(20).optional(),
    /** Adds the month's forecast to the total and to each group. */
    forecast: z.enum(['true', 'false']).default('false'),
    /** Adds cost over time, for the first groups of the page and the rest. */
    series: z.enum(['none', 'day', 'hour']).default('none'),
  }),
  output: z.object({
    from: time,
    to: time,
    by: z.array(usageDimension),
    total: z.object({ ...usageFigures.shape, forecast: usageForecast.optional(), traces: usageTraces }),
    /** How many groups there are. */
    groupCount: count,
    /** The largest first; times in their order. */
    groups: z.array(usageGroup),
    /** What is in no group up to here; absent when nothing is. Percentiles cannot be subtracted and are absent. */
    rest: usageFigures.optional(),
    /** Every bucket is there. `parts` are the costs of the first groups, at most six. */
    series: z
      .array(
        z.object({ at: time, requests: count, costNano: z.number().int(), parts: z.array(z.number().int()) }),
      )
      .optional(),
    nextCursor: z.string().optional(),
  }),
  errors: ['bad_request'],
  etag: true,
})
