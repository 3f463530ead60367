import { z } from 'zod'
import { slug, uuid } from '../words.ts'

/** Answers that gateways must not give again: those that meet all that is said and were kept before `beforeMs`. */
export const cacheForget = z.object({
  project: uuid,
  policy: slug.optional(),
  /** `connection/model` that gave the answer. */
  model: z.string().max(300).optional(),
  /** First characters of the answer's key. */
  keyPrefix: z.string().max(64).optional(),
  beforeMs: z.number(),
})
export type CacheForget = z.output<typeof cacheForget>

const count = z.number().int().min(0)

/** What one policy of the cache did, as counters. */
export const cacheCounts = z.object({
  hits: count,
  semanticHits: count,
  misses: count,
  bypasses: count,
  /** What the answers of all hits cost when they were new, where that is known. */
  savedNano: z.number().min(0),
  /** How long they took then. */
  savedMs: z.number().min(0),
  /** Semantic hits that were asked again. */
  checks: count,
  /** Sum over the checks of how much the new answer agrees with the kept one, 0 to 1 each. */
  agreement: z.number().min(0),
  /** Checks in which less than half of it agreed. */
  disagreements: count,
})
export type CacheCounts = z.output<typeof cacheCounts>

/** Answers that are kept now, and the bytes that they take. */
export const cacheHeld = z.object({
  memoryAnswers: count,
  memoryBytes: count,
  diskAnswers: count,
  diskBytes: count,
})
export type CacheHeld = z.output<typeof cacheHeld>

/**
 * POST to control from every gateway whose cache is used. `sequence` rises by one; a report is repeated as it was until
 * it is answered, and counts once however often it arrives.
 */
export const cacheReport = z.object({
  instance: uuid,
  sequence: z.number().int().min(1),
  /** The process ends: it holds nothing in memory any more. */
  isLast: z.boolean(),
  policies: z
    .array(
      z.object({
        project: uuid,
        policy: slug,
        /** Since the last report. */
        counts: cacheCounts,
        held: cacheHeld,
      }),
    )
    .max(5_000),
})
export type CacheReport = z.output<typeof cacheReport>
