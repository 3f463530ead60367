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

const count = z.number().int().min(0)

/** What calls use besides tokens, where a provider charges for it. */
export const usageUnits = z.object({
  /** Pictures made. */
  images: count.optional(),
  /** Milliseconds of sound that were listened to. */
  audioMs: count.optional(),
  /** Characters spoken. */
  characters: count.optional(),
  /** Searches: of the web or of files by a model, or search units of a reranker. */
  searches: count.optional(),
  /** Part of the searches that were of files. */
  fileSearches: count.optional(),
  /** Pictures that a tool made for the model: by another model, so that the tokens of the call do not pay them. */
  toolImages: count.optional(),
  /** Containers that code of the model ran in. */
  containers: count.optional(),
  /** Requests of a batch, which are counted together. */
  requests: count.optional(),
})
export type UsageUnits = z.output<typeof usageUnits>

/**
 * Tokens of one call, and what it used besides. Input includes cached, cache-write, audio and image tokens; output
 * includes reasoning, audio and image tokens.
 */
export const usage = z.object({
  inputTokens: count.default(0),
  outputTokens: count.default(0),
  cachedInputTokens: count.default(0),
  cacheWriteTokens: count.default(0),
  reasoningTokens: count.default(0),
  /** Part of cacheWriteTokens that is kept for an hour and priced apart. */
  cacheWriteHourTokens: count.optional(),
  /** Parts of the input and of the output that are sound. */
  audioInputTokens: count.optional(),
  audioOutputTokens: count.optional(),
  /** Parts of the input and of the output that are pictures. */
  imageInputTokens: count.optional(),
  imageOutputTokens: count.optional(),
  units: usageUnits.optional(),
})
export type Usage = z.output<typeof usage>
