import { z } from 'zod'
import { defineRoute } from '../define-route.ts'
import { time } from '../words.ts'

const share = z.number().min(0).max(1)
const spread = z.object({ mean: z.number().min(0).max(10_000_000), p95: z.number().min(0).max(10_000_000) })

/** Traffic to plan for: what was recorded, or typed. */
export const plannedTraffic = z.union([
  z.object({
    fromTraces: z.object({
      /** A trace query; empty for all calls. */
      query: z.string().max(1000).default(''),
      from: time,
      to: time,
    }),
  }),
  z.object({
    requestsPerDay: z.number().min(0).max(1e10),
    inputTokens: spread,
    outputTokens: spread,
  }),
])

const saving = z.object({
  change: z.enum(['shorter-prompts', 'prompt-cache', 'response-cache', 'batching']),
  savedNano: z.number(),
})

export const createCostPlan = defineRoute({
  name: 'createCostPlan',
  method: 'POST',
  path: '/api/v1/cost-plans',
  summary: 'Project monthly cost and capacity of traffic on several models; nothing is stored',
  tag: 'gateway',
  permission: 'gateway:read',
  body: z.object({
    traffic: plannedTraffic,
    /** As callers write them: `openai/gpt-5-mini`. */
    models: z.array(z.string().min(1).max(300)).min(1).max(10),
    /** Replaces what was recorded, or is planned for. */
    requestsPerDay: z.number().min(0).max(1e10).optional(),
    /** Without one: the share that providers reported as cached, or none. */
    cacheableShare: share.optional(),
    /** Busiest moment against the average. Without one: busiest hour against the average hour, or 3. */
    peakFactor: z.number().min(1).max(10_000).optional(),
    shortenBy: share.default(0.2),
    batchableShare: share.default(0),
    /** What a batched call costs of its price. Without one: what the price of the model says, or all of it. */
    batchPriceShare: share.optional(),
    /** How long answers would be kept. */
    cacheSeconds: z.number().int().min(1).max(2_592_000).default(3600),
    /** Without one: what spans of the last seven days say of each model. */
    tokensPerSecond: z.number().positive().max(100_000).optional(),
  }),
  output: z.object({
    traffic: z.object({
      /** Recorded calls that the plan rests on; absent when typed. */
      recordedCalls: z.number().int().optional(),
      requestsPerDay: z.number(),
      meanInputTokens: z.number(),
      meanOutputTokens: z.number(),
      cacheableShare: z.number(),
      peakFactor: z.number(),
      peakRequestsPerSecond: z.number(),
      /** Recorded calls that repeated an earlier one; absent when typed, and when no text was kept. */
      repeatShare: z.number().optional(),
    }),
    models: z.array(
      z.object({
        name: z.string(),
        monthNano: z.number(),
        /** 95 % bootstrap interval; absent when the traffic was typed. */
        interval: z.object({ low: z.number(), high: z.number() }).optional(),
        nanoPerRequest: z.number(),
        /** Calls at once at the peak; absent when no speed is known. */
        peakConcurrency: z.number().optional(),
        /** What each change alone would save in a month; they do not add up. */
        savings: z.array(saving),
        /** Against the dearest model of the plan. */
        savedByModelNano: z.number(),
      }),
    ),
  }),
  errors: ['bad_request', 'validation_failed'],
})
