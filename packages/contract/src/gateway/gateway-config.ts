import { z } from 'zod'
import { budget, rateLimit } from './gateway-limits.ts'
import { modelRoute } from './gateway-routes.ts'
import { guardrail } from '../guardrails/guardrails.ts'
import { priceOverride } from '../catalog/price-override.ts'
import { slug } from '../words.ts'

/** Answers kept to be given again. */
export const cachePolicy = z
  .object({
    name: slug,
    /** `semantic` also finds questions that mean the same, with the same model, system prompt and tools. */
    mode: z.enum(['exact', 'semantic']).default('exact'),
    /** Who shares answers. Nothing is ever shared between projects. */
    scope: z.enum(['key', 'user', 'app', 'project']).default('project'),
    ttlSeconds: z.number().int().min(1).max(31_536_000).default(3_600),
    /** Least cosine similarity of two questions. */
    threshold: z.number().min(0.5).max(1).default(0.95),
    embeddingModel: z.string().max(300).default('offline/embedding'),
    /** Share of semantic hits that are asked again and compared, to measure how good hits are. */
    checkShare: z.number().min(0).max(1).default(0.02),
    /** Answers at a temperature above this are not kept; they are meant to differ. */
    maxTemperature: z.number().min(0).max(2).default(1),
    /** Of equal requests at the same time one is asked; the others wait for its answer. */
    coalesce: z.boolean().default(false),
  })
  .strict()
export type CachePolicy = z.output<typeof cachePolicy>

/** Everything about the gateway that a team keeps in a file: `ratchet apply -f gateway.yaml`. */
export const gatewayConfig = z
  .object({
    routes: z.array(modelRoute).max(500).default([]),
    limits: z.array(rateLimit).max(500).default([]),
    budgets: z.array(budget).max(500).default([]),
    prices: z.array(priceOverride).max(2_000).default([]),
    caches: z.array(cachePolicy).max(50).default([]),
    guardrails: z.array(guardrail).max(50).default([]),
    /** For requests that name a model themselves, and for routes that say nothing of their own. */
    defaults: z
      .object({
        /** Names of guardrails. They hold for every request, also beside those of its route. */
        guardrails: z.array(slug).max(20).default([]),
        /** Name of a cache policy. */
        cache: slug.optional(),
      })
      .strict()
      .prefault({}),
  })
  .strict()
export type GatewayConfig = z.output<typeof gatewayConfig>
export const emptyGatewayConfig: GatewayConfig = gatewayConfig.parse({})
