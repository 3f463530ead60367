import { z } from 'zod'
import { defineRoute } from '../define-route.ts'
import { time } from '../words.ts'

const count = z.number().int().min(0)

/** What was asked of one model through one connection: every attempt counts, also those that another one followed. */
export const targetTraffic = z.object({
  connection: z.string(),
  model: z.string(),
  calls: count,
  errors: count,
  cancelled: count,
  /** Of attempts that succeeded; absent when none did. */
  p50Ms: z.number().optional(),
  p95Ms: z.number().optional(),
  /** Half of the streamed answers began within this time. */
  firstTokenMs: z.number().optional(),
  costNano: z.number().int(),
  /** Error code of the latest attempt that failed. */
  lastError: z.string().optional(),
  lastErrorAt: time.optional(),
  /** Attempts over time, oldest first; every bucket is there. */
  series: z.array(z.object({ at: time, calls: count, errors: count })),
})
export type TargetTraffic = z.output<typeof targetTraffic>

/** What came in under the name of one route. */
export const routeTraffic = z.object({
  route: z.string(),
  calls: count,
  errors: count,
  /** Calls that needed more than one attempt. */
  retried: count,
  /** Calls that the cache answered; nobody was asked for them. */
  cached: count,
  costNano: z.number().int(),
  /** Against the prices of the route's baseline; absent when no call could be compared. */
  savedNano: z.number().int().optional(),
  /** Which rule, cascade step or pool decided, and how often; most first. */
  branches: z.array(z.object({ branch: z.string(), calls: count })),
})
export type RouteTraffic = z.output<typeof routeTraffic>

export const getGatewayTraffic = defineRoute({
  name: 'getGatewayTraffic',
  method: 'GET',
  path: '/api/v1/gateway/traffic',
  summary: 'Calls, errors and latency of targets and routes in the last minutes, counted from spans',
  tag: 'gateway',
  permission: 'gateway:read',
  query: z.object({
    minutes: z.coerce.number().int().min(5).max(1_440).default(60),
    /** Without one: all environments. */
    environment: z.string().max(64).optional(),
  }),
  output: z.object({
    from: time,
    minutes: z.number().int(),
    targets: z.array(targetTraffic),
    routes: z.array(routeTraffic),
  }),
  etag: true,
})
