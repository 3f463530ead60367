import { z } from 'zod'
import { uuid } from '../words.ts'

const count = z.number().int().min(0)
const durationMs = z.number().min(0)

/** What a circuit breaker lets through: all, a probe at a time, or nothing. */
export const breakerState = z.enum(['closed', 'half-open', 'open'])
export type BreakerState = z.output<typeof breakerState>

/** One model of one connection as a gateway process sees it. Times are relative: clocks of machines differ. */
export const reportedTarget = z.object({
  project: uuid,
  /** `connection/model`. */
  target: z.string().min(1).max(400),
  state: breakerState,
  inFlight: count,
  /** Until it may be asked again; 0 when it may. */
  readyInMs: durationMs,
  /** How often the breaker opened since the process knows the target. */
  openings: count,
  /** Why it is not closed, and for how long. */
  reason: z.string().max(300).optional(),
  changedAgoMs: durationMs.optional(),
})
export type ReportedTarget = z.output<typeof reportedTarget>

/** A key of a connection that rests, or that the provider refused. Never its value. */
export const reportedCredential = z.object({
  project: uuid,
  connection: z.string().min(1).max(200),
  id: z.string().min(1).max(100),
  isRefused: z.boolean(),
  readyInMs: durationMs,
})
export type ReportedCredential = z.output<typeof reportedCredential>

/**
 * POST to control from every gateway process when something changed, at most ten times a second, and every ten seconds
 * all the same. Each report replaces the one before. Targets that nobody asks and that are well are left out.
 */
export const gatewayStateReport = z.object({
  instance: uuid,
  name: z.string().min(1).max(64),
  /** The process ends. */
  isLast: z.boolean(),
  /** It takes no new connections and lets running calls end. */
  isDraining: z.boolean(),
  activeRequests: count,
  /** Broken ones first. */
  targets: z.array(reportedTarget).max(500),
  credentials: z.array(reportedCredential).max(500),
})
export type GatewayStateReport = z.output<typeof gatewayStateReport>
