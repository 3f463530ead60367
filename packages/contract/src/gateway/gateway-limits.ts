import { z } from 'zod'
import { slug } from '../words.ts'

/** Whose use is counted together. `project` and `environment` count all of it. */
export const limitScopes = ['key', 'project', 'environment', 'user', 'app', 'model', 'route'] as const
export const limitScope = z.enum(limitScopes)
export type LimitScope = z.output<typeof limitScope>

const scoped = {
  name: slug,
  scope: limitScope,
  /** Only this one: name or id of a key, a user, `connection/model`, ... Without it, each has the limit for itself. */
  match: z.string().min(1).max(300).optional(),
}

/** What a limit of money does with calls of a model without a known price: `allow` counts them as nothing, `block` refuses them. */
const unpriced = z.enum(['allow', 'block']).default('allow')

/** Requests wait for their turn instead of being refused; higher priority first (header x-ratchet-priority, 0 to 9). */
export const limitQueue = z
  .object({
    maxWaitMs: z.number().int().min(1).max(300_000).default(10_000),
    maxRequests: z.number().int().min(1).max(100_000).default(1_000),
  })
  .strict()

/** A rate or concurrency limit. */
export const rateLimit = z
  .object({
    ...scoped,
    measure: z.enum(['requests', 'tokens', 'cost', 'concurrency']),
    /** Requests, tokens, running requests, or US dollars. */
    limit: z.number().min(0).max(1e12),
    /** Length of the window; without meaning for concurrency. */
    windowSeconds: z.number().int().min(1).max(86_400).default(60),
    window: z.enum(['sliding', 'fixed']).default('sliding'),
    queue: limitQueue.optional(),
    /** Of `cost` only. */
    unpriced,
  })
  .strict()
export type RateLimit = z.output<typeof rateLimit>

/** Money that may be spent in a calendar day or month (UTC). */
export const budget = z
  .object({
    ...scoped,
    period: z.enum(['day', 'month']),
    limitUsd: z.number().min(0).max(1e9),
    /** Shares of the limit at which a warning is recorded. */
    warnAt: z.array(z.number().gt(0).max(10)).max(10).default([0.8]),
    /** `warn` never refuses. */
    action: z.enum(['stop', 'warn']).default('stop'),
    unpriced,
  })
  .strict()
export type Budget = z.output<typeof budget>
