import { z } from 'zod'

/** Names of apps, connections, datasets, environments: a lower-case slug, 1 to 64 characters. */
export const slug = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{0,63}$/,
    'use 1 to 64 lower-case letters, digits and "-", starting with a letter or digit',
  )
export const uuid = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, 'not an id')
/** ISO 8601 in UTC, as every time in the API. */
export const time = z.iso.datetime()
/** W3C trace id: 32 lower-case hex digits. */
export const traceId = z.string().regex(/^[0-9a-f]{32}$/, 'a trace id has 32 lower-case hex digits')
/** W3C span id: 16 lower-case hex digits. */
export const spanId = z.string().regex(/^[0-9a-f]{16}$/, 'a span id has 16 lower-case hex digits')
/** SHA-256 in lower-case hex. */
export const digest = z.string().regex(/^[0-9a-f]{64}$/, 'not a SHA-256 digest')

/** The three environments every project starts with, in order of promotion. */
export const defaultEnvironments = ['development', 'staging', 'production'] as const

/** Tokens of one call. Input includes cached and cache-write tokens; output includes reasoning tokens. */
export const usage = z.object({
  inputTokens: z.number().int().min(0).default(0),
  outputTokens: z.number().int().min(0).default(0),
  cachedInputTokens: z.number().int().min(0).default(0),
  cacheWriteTokens: z.number().int().min(0).default(0),
  reasoningTokens: z.number().int().min(0).default(0),
  /** Part of cacheWriteTokens that is kept for an hour and priced apart. */
  cacheWriteHourTokens: z.number().int().min(0).optional(),
  /** Parts of the input and of the output that are sound. */
  audioInputTokens: z.number().int().min(0).optional(),
  audioOutputTokens: z.number().int().min(0).optional(),
})
export type Usage = z.output<typeof usage>
