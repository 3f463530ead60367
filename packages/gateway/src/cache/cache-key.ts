import { createHash } from 'node:crypto'
import type { JsonObject } from '../formats/parse-json.ts'
import { canonicalJson } from './canonical-json.ts'

/** Everything that tells one answer from another. */
export type CacheKeyParts = {
  readonly project: string
  readonly environment: string
  /** Name of the cache policy. */
  readonly policy: string
  /** Who shares the answer, from `cacheSubject`. */
  readonly subject: string
  /** Wire format of the client and what is asked of it: "openai-chat", "openai-embeddings", "gemini". */
  readonly format: string
  /** `answerScope` of the plan. */
  readonly answerScope: string
  /** Headers that are passed on and may change the answer, such as `anthropic-beta`. */
  readonly headers?: Readonly<Record<string, string>>
  /** The client's body, after guardrails have changed it. */
  readonly body: JsonObject
}

/** Fields that change how an answer is sent or filed, not what it says. */
const leftOut: ReadonlySet<string> = new Set([
  'stream',
  'stream_options',
  'user',
  'metadata',
  'safety_identifier',
  'prompt_cache_key',
  'prompt_cache_retention',
])

/** Bumped when the same request would get another answer body than before. */
const version = 1

/**
 * Name of an answer: SHA-256, in hex, of all that decides it. Equal for bodies that differ in white space and order of
 * names, different for any other two. Undefined when that cannot be promised: such a request is not cached.
 */
export function cacheKey(parts: CacheKeyParts): string | undefined {
  const { project, environment, policy, subject, format, answerScope, headers = {}, body } = parts
  const content = canonicalJson(body, leftOut)
  const passed = canonicalJson(headers)
  if (content === undefined || passed === undefined) return undefined
  // A list as JSON: no part can run into the next one.
  const whose = JSON.stringify([version, project, environment, policy, subject, format, answerScope])
  return createHash('sha256').update(`${whose}\n${passed}\n${content}`).digest('hex')
}
