import type { CachePolicy } from '@ratchet/contract'
import type { FinishReason } from '../neutral/neutral-answer.ts'
import type { CacheWishes } from './cache-headers.ts'
import { cacheKey, type CacheKeyParts } from './cache-key.ts'
import { cacheSubject, type CacheCaller } from './cache-subject.ts'
import { hasRepeatedNames } from './repeated-names.ts'
import { takeLastQuestion } from './semantic/last-question.ts'
import { guardOf } from './semantic/question-guard.ts'

/*
 * For the pipeline, after the route plan and after guardrails on input:
 *
 *   const plan = planCache({ policy, wishes: readCacheWishes(...), caller, answerScope: answerScope(routePlan), ... })
 *   if (plan.kind === 'bypass') ...                         // header x-ratchet-cache: bypass; the span has the reason
 *   let found = plan.mayRead ? cache.find(plan.key, plan.maxAgeMs) : undefined
 *   if (found === 'on-disk') found = await cache.load(plan.key, plan.maxAgeMs)
 *   if (found === undefined && plan.mayRead && plan.similar !== undefined) {
 *     const vector = await embedQuestion(...)               // semantic/embed-question.ts; at once for offline/embedding
 *     const near = cache.index.find({ ...plan.similar, vector }, policy.threshold)
 *     // then find and load near.key as above; when it is gone: cache.index.drop(plan.similar.partition, near.key)
 *     // wantsCheck(policy.checkShare, random()): ask the model all the same, send its answer, and
 *     //   cache.stats.recordCheck(project, policy.name, { kept, fresh }) with the texts of both
 *   }
 *   // hit: `body` is a whole answer in the client's format. For a stream: codec.readAnswer, answerEvents (neutral/),
 *   //   codec.makeStreamWriter. Guardrails on output see it as they see a new one. Then cache.stats.count, countSaved.
 *   // miss: plan.onlyIfCached -> notCached(). Else ask; if (plan.mayKeep && isKeepable(status, finishes)) cache.keep(...),
 *   //   and with a vector cache.index.add({ ...plan.similar, vector }, plan.key). Streams are kept from collectAnswer.
 *
 * `rawBody` must be given when the client's bytes are passed on, see repeated-names.ts.
 */

export type CacheQuestion = {
  readonly policy: CachePolicy
  readonly wishes: CacheWishes
  readonly caller: CacheCaller
  /** The bytes that go to the provider as they are; absent when they are written anew from what we parsed. */
  readonly rawBody?: Buffer
} & Omit<CacheKeyParts, 'policy' | 'subject'>

/** Where to look for answers to questions that mean the same. */
export type SimilarQuestion = {
  /** Of all that must be equal: everything but the last question. */
  readonly partition: string
  readonly question: string
  /** What must be equal in the question itself. */
  readonly guard: string
}

export type CachePlan =
  | { readonly kind: 'bypass'; readonly reason: string }
  | {
      readonly kind: 'use'
      readonly key: string
      readonly mayRead: boolean
      readonly mayKeep: boolean
      readonly onlyIfCached: boolean
      readonly maxAgeMs: number
      /** Only for a semantic policy, and a request that ends in a question of plain text. */
      readonly similar: SimilarQuestion | undefined
    }

/** Decides whether and how the cache is used for a request; changes nothing. */
export function planCache(question: CacheQuestion): CachePlan {
  const { policy, wishes, caller, rawBody, ...parts } = question
  if (!wishes.mayRead && !wishes.mayKeep) return bypass('the client asked for it')
  const subject = cacheSubject(policy.scope, caller)
  if (subject === undefined) return bypass(`the request names no ${policy.scope}`)
  const reason = findObstacle(policy, question)
  if (reason !== undefined) return bypass(reason)
  const keyParts: CacheKeyParts = { ...parts, policy: policy.name, subject }
  const key = cacheKey(keyParts)
  if (key === undefined) return bypass('the body holds numbers too large, or nesting too deep, to compare')
  if (rawBody !== undefined && hasRepeatedNames(rawBody, parts.body))
    return bypass('the body has a name twice')
  return {
    kind: 'use',
    key,
    mayRead: wishes.mayRead,
    mayKeep: wishes.mayKeep,
    onlyIfCached: wishes.onlyIfCached,
    maxAgeMs: Math.min(policy.ttlSeconds, wishes.ttlSeconds ?? Number.POSITIVE_INFINITY) * 1000,
    similar: policy.mode === 'semantic' ? findSimilar(policy, keyParts) : undefined,
  }
}

/** What the answer of an attempt must be to be kept: whole, and ended by the model itself or by the asked length. */
export function isKeepable(status: number, finishes: readonly FinishReason[]): boolean {
  return status === 200 && finishes.every((finish) => keptFinishes.has(finish))
}

const keptFinishes: ReadonlySet<FinishReason> = new Set(['stop', 'length', 'tool-calls'])

/** Providers sample at 1 unless they are told otherwise. */
const usualTemperature = 1

function findObstacle(policy: CachePolicy, { body, format }: CacheQuestion): string | undefined {
  if (body['background'] === true) return 'the answer is made in the background'
  if (body['conversation'] !== undefined && body['conversation'] !== null)
    return 'the request changes a conversation'
  if (format.endsWith('embeddings')) return undefined
  const temperature = temperatureOf(body)
  if (temperature <= policy.maxTemperature) return undefined
  return `temperature ${temperature} is above ${policy.maxTemperature}`
}

function temperatureOf(body: CacheQuestion['body']): number {
  const { temperature } = body
  if (typeof temperature === 'number') return temperature
  const config = body['generationConfig']
  const inner =
    typeof config === 'object' && config !== null && 'temperature' in config ? config.temperature : undefined
  return typeof inner === 'number' ? inner : usualTemperature
}

function findSimilar(policy: CachePolicy, parts: CacheKeyParts): SimilarQuestion | undefined {
  const found = takeLastQuestion(parts.format, parts.body)
  if (found === undefined) return undefined
  const format = `${parts.format} like ${policy.embeddingModel}`
  const partition = cacheKey({ ...parts, format, body: found.rest })
  if (partition === undefined) return undefined
  return { partition, question: found.question, guard: guardOf(found.question) }
}

function bypass(reason: string): CachePlan {
  return { kind: 'bypass', reason }
}
