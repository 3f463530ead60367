import { z } from 'zod'
import { defineRoute } from '../define-route.ts'
import { breakerState } from '../internal/internal-state.ts'
import { pageOf, pageQuery } from '../paging.ts'
import { slug, time, uuid } from '../words.ts'

const count = z.number().int().min(0)

/** One gateway process, as it last reported. */
export const gatewayProcess = z.object({
  name: z.string(),
  instance: uuid,
  /** It takes no new connections and lets running calls end. */
  isDraining: z.boolean(),
  /** Calls that are open now, of all projects. */
  activeRequests: count,
  reportedAt: time,
})
export type GatewayProcess = z.output<typeof gatewayProcess>

/** One model of one connection over all gateways: the worst state counts. */
export const targetState = z.object({
  connection: z.string(),
  model: z.string(),
  state: breakerState,
  /** How many gateways are of which opinion. */
  gateways: z.object({ open: count, halfOpen: count, closed: count }),
  /** Calls of this project that run now. */
  inFlight: count,
  /** How often breakers opened since the gateways started. */
  openings: count,
  /** When the first gateway asks it again; in the past: with the next call. Absent when all ask it now. */
  retryAt: time.optional(),
  /** Why it is not closed, and since when. */
  reason: z.string().optional(),
  since: time.optional(),
})
export type TargetState = z.output<typeof targetState>

/** A key of a connection that rests after the provider's limit, or that the provider refused. */
export const restingKey = z.object({
  connection: z.string(),
  id: z.string(),
  /** The provider refused it, or its credit is used up. */
  isRefused: z.boolean(),
  /** When the first gateway uses it again; absent when none waits. */
  readyAt: time.optional(),
  /** Gateways in which it rests. */
  gateways: count,
})
export type RestingKey = z.output<typeof restingKey>

export const getGatewayState = defineRoute({
  name: 'getGatewayState',
  method: 'GET',
  path: '/api/v1/gateway/state',
  summary: 'Breakers of targets, keys that rest, and running calls, as gateways reported in the last seconds',
  tag: 'gateway',
  permission: 'gateway:read',
  query: pageQuery.extend({
    connection: slug.optional(),
    state: breakerState.optional(),
  }),
  output: pageOf(targetState).extend({
    /** Gateways that have reported in the last half minute. */
    gateways: z.array(gatewayProcess),
    keys: z.array(restingKey),
  }),
  errors: ['bad_request'],
  etag: true,
})
