import { z } from 'zod'
import { condition } from './gateway-conditions.ts'
import { slug } from '../words.ts'

/** `connection/model`: the model by the provider's own name. */
export const modelName = z
  .string()
  .max(300)
  .regex(/^[a-z0-9][a-z0-9-]{0,63}\/.+$/, 'write "connection/model", such as "openai/gpt-5-mini"')

/** What clients write as `model` to use a route; a slash would name a connection. */
export const routeName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/,
    'use 1 to 100 letters, digits, ".", "_", ":" and "-", starting with a letter or digit',
  )

const milliseconds = z.number().int().min(1).max(3_600_000)

export const routeTimeouts = z
  .object({
    connectMs: milliseconds.optional(),
    firstTokenMs: milliseconds.optional(),
    betweenTokensMs: milliseconds.optional(),
    /** Over all attempts. */
    totalMs: milliseconds.optional(),
  })
  .strict()
export type RouteTimeouts = z.output<typeof routeTimeouts>

export const routeTarget = z
  .object({
    model: modelName,
    /** Share among the targets of a `weighted` pool; 0 keeps a target as fallback only, whatever the strategy. */
    weight: z.number().min(0).max(1_000_000).default(1),
    /** Used only for requests that meet this. */
    when: condition.optional(),
    timeouts: routeTimeouts.optional(),
    /** Fields set in the body for this target, such as `{"temperature": 0}`. */
    parameters: z.record(z.string().max(100), z.json()).optional(),
  })
  .strict()
export type RouteTarget = z.output<typeof routeTarget>

export const routeStrategies = ['ordered', 'weighted', 'latency', 'cost', 'load'] as const

const poolShape = {
  /** Who is asked first; the others are fallbacks, in the order of the strategy. */
  strategy: z.enum(routeStrategies).default('ordered'),
  targets: z.array(routeTarget).min(1).max(50),
  /** Requests of one session or user go to the same target while it is healthy. */
  sticky: z.enum(['none', 'session', 'user']).default('none'),
}
export const routePool = z.object(poolShape).strict()
export type RoutePool = z.output<typeof routePool>

/** What makes the next target, or another try, worth it. */
export const failureKinds = [
  'connect',
  'timeout',
  'rate-limit',
  'overloaded',
  'server-error',
  'stream-cut',
  'bad-answer',
  'context-length',
  'content-filter',
  'credential',
  'not-found',
] as const
export const failureKind = z.enum(failureKinds)
export type FailureKind = z.output<typeof failureKind>

export const routeRetries = z
  .object({
    /** Tries at one target after the first one. */
    attempts: z.number().int().min(0).max(10).default(1),
    on: z.array(failureKind).default(['connect', 'rate-limit', 'overloaded', 'server-error', 'stream-cut']),
    /** First wait; doubled each time, with full jitter. A provider's Retry-After counts when it is shorter than `maxDelayMs`. */
    delayMs: z.number().int().min(0).max(60_000).default(200),
    maxDelayMs: z.number().int().min(0).max(300_000).default(5_000),
  })
  .strict()
export type RouteRetries = z.output<typeof routeRetries>

/** Value of a request in points; from `threshold` on it goes to `high`, else to `low`. */
export const routeWorth = z
  .object({
    points: z
      .array(z.object({ when: condition, points: z.number().min(-1_000).max(1_000) }).strict())
      .min(1)
      .max(50),
    threshold: z.number(),
    high: routePool,
    low: routePool,
  })
  .strict()

/** What an answer of a cheap model must pass; otherwise the next model is asked. */
export const cascadeCheck = z.discriminatedUnion('type', [
  /** The answer is JSON that fits the schema the request asks for. */
  z.object({ type: z.literal('schema') }).strict(),
  z.object({ type: z.literal('refusal') }).strict(),
  z.object({ type: z.literal('min-length'), characters: z.number().int().min(1) }).strict(),
  /** Mean probability of the answer's tokens; needs a provider that gives logprobs. */
  z.object({ type: z.literal('confidence'), minimum: z.number().min(0).max(1) }).strict(),
  /** A model that answers with a number from 0 to 1. */
  z
    .object({
      type: z.literal('judge'),
      model: modelName,
      prompt: z.string().min(1).max(10_000),
      minimum: z.number().min(0).max(1),
    })
    .strict(),
])
export type CascadeCheck = z.output<typeof cascadeCheck>

export const routeCascade = z
  .object({
    /** Cheapest first; the last one's answer is taken as it is. */
    steps: z.array(modelName).min(2).max(5),
    checks: z.array(cascadeCheck).min(1).max(10),
    /** When nobody after a rejected answer has one: the caller gets that answer, marked, or the error. */
    whenStrongerFails: z.enum(['return', 'fail']).default('return'),
  })
  .strict()
export type RouteCascade = z.output<typeof routeCascade>

/** A name that clients use as `model`, and how its requests find a model. */
export const modelRoute = z
  .object({
    name: routeName,
    description: z.string().max(500).optional(),
    ...poolShape,
    targets: z.array(routeTarget).max(50).default([]),
    /** The first rule whose condition holds decides; without one the route's own targets do. */
    rules: z
      .array(z.object({ name: z.string().max(100).optional(), when: condition, ...poolShape }).strict())
      .max(50)
      .default([]),
    worth: routeWorth.optional(),
    cascade: routeCascade.optional(),
    retries: routeRetries.prefault({}),
    /** What moves a request on to the next target. */
    fallbackOn: z
      .array(failureKind)
      .default([
        'connect',
        'timeout',
        'rate-limit',
        'overloaded',
        'server-error',
        'stream-cut',
        'bad-answer',
        'credential',
        'not-found',
      ]),
    timeouts: routeTimeouts.prefault({}),
    /** Ask the next target too when the first has not begun to answer after this time; the first answer wins. */
    hedgeAfterMs: milliseconds.optional(),
    /** Leave out what a target cannot do instead of refusing the request. */
    dropUnsupported: z.boolean().default(false),
    /** The model that calls would have gone to without this route: saved cost is counted against its prices. */
    baseline: modelName.optional(),
    /** Name of a cache policy. */
    cache: slug.optional(),
    /** Names of guardrails. */
    guardrails: z.array(slug).max(20).default([]),
  })
  .strict()
  .refine(
    (value) =>
      value.targets.length > 0 ||
      value.rules.length > 0 ||
      value.worth !== undefined ||
      value.cascade !== undefined,
    { path: ['targets'], message: 'give at least one target, or rules, worth or cascade' },
  )
export type ModelRoute = z.output<typeof modelRoute>
