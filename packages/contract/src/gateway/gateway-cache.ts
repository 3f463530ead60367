import { z } from 'zod'
import { defineRoute } from '../define-route.ts'
import { cacheCounts, cacheHeld } from '../internal/internal-cache.ts'
import { slug, time } from '../words.ts'

const counts = cacheCounts.omit({ agreement: true }).extend({
  /** Share of the requests that were answered from the cache; absent when none could be. */
  hitRate: z.number().min(0).max(1).optional(),
  /** Mean agreement of checked semantic hits with what the model says now, 0 to 1; absent without a check. */
  agreement: z.number().min(0).max(1).optional(),
})

/** What one cache policy did in the asked time, and what it keeps now. */
export const cacheUse = z.object({
  policy: slug,
  /** Absent for a policy that is not configured any more. */
  mode: z.enum(['exact', 'semantic']).optional(),
  scope: z.enum(['key', 'user', 'app', 'project']).optional(),
  ...counts.shape,
  /** In all gateways that report. */
  ...cacheHeld.shape,
})
export type CacheUse = z.output<typeof cacheUse>

/** Which answers were, or are to be, forgotten: those that meet all that is given. */
const forgetFilter = {
  policy: slug.optional(),
  /** `connection/model` that gave the answer. */
  model: z.string().min(1).max(300).optional(),
  /** First characters of the key that the header `x-ratchet-cache-key` tells. */
  keyPrefix: z
    .string()
    .regex(/^[0-9a-f]{4,64}$/, 'give 4 to 64 lower-case hex digits, as in the header x-ratchet-cache-key')
    .optional(),
}

export const cacheForgetting = z.object({ ...forgetFilter, at: time, author: z.string() })
export type CacheForgetting = z.output<typeof cacheForgetting>

export const getGatewayCache = defineRoute({
  name: 'getGatewayCache',
  method: 'GET',
  path: '/api/v1/gateway/cache',
  summary: 'Show what the cache saves: hits, misses, cost, time and bytes of each policy',
  tag: 'gateway',
  permission: 'gateway:read',
  query: z.object({
    /** Whole days in UTC, today included. */
    days: z.coerce.number().int().min(1).max(365).default(30),
  }),
  output: z.object({
    days: z.number().int(),
    /** Gateways that have reported in the last minute. */
    gateways: z.number().int(),
    total: z.object({ ...counts.shape, ...cacheHeld.shape }),
    policies: z.array(cacheUse),
    /** All policies together, oldest day first; days without requests are left out. */
    byDay: z.array(z.object({ day: z.iso.date(), ...counts.shape })),
    /** The latest, newest first. */
    forgettings: z.array(cacheForgetting),
  }),
  etag: true,
})

export const clearGatewayCache = defineRoute({
  name: 'clearGatewayCache',
  method: 'DELETE',
  path: '/api/v1/gateway/cache',
  summary:
    'Forget kept answers of a policy, a model, a key, or all of the project; in force in under a second',
  tag: 'gateway',
  permission: 'gateway:write',
  query: z.object(forgetFilter),
  output: cacheForgetting,
  errors: ['not_found', 'validation_failed'],
})
