import { isAppError, type AppError, type CachePolicy } from '@ratchet/contract'
import { answerFacts } from '../../apis/answer-facts.ts'
import type { ChatApi } from '../../apis/client-api.ts'
import {
  cacheHeaders,
  notCached,
  readCacheWishes,
  type CacheOutcome,
  type CacheWishes,
} from '../../cache/cache-headers.ts'
import { wantsCheck } from '../../cache/cache-stats.ts'
import type { CachedAnswer } from '../../cache/cached-answer.ts'
import { isKeepable, planCache, type CachePlan, type SimilarQuestion } from '../../cache/plan-cache.ts'
import { embedOwn, embedQuestion } from '../../cache/semantic/embed-question.ts'
import type { EmbeddedQuestion } from '../../cache/semantic/semantic-index.ts'
import type { ModelRequest } from '../../formats/chat-request.ts'
import { isJsonObject, parseJsonOr, type JsonObject } from '../../formats/parse-json.ts'
import type { NeutralRequest } from '../../neutral/neutral-request.ts'
import { answerScope, type Plan } from '../../routing/plan-targets.ts'
import type { CompiledRoute } from '../../routing/compiled-route.ts'
import type { Progress } from '../../sinks/answer-sink.ts'
import type { CallSpan } from '../spans/call-span.ts'
import { clientAnswer } from './client-answer.ts'
import type { Exchange } from '../exchange.ts'

/** The call that asks the cache. */
export type CacheOwner = {
  readonly exchange: Exchange
  readonly api: ChatApi
  readonly request: ModelRequest
  neutral(): NeutralRequest
  /** Guardrails have changed what the client wrote. */
  readonly isChanged: boolean
  remainingMs(): number
}

/** What became of looking. */
export type CacheFinding =
  | { readonly kind: 'ask' }
  | { readonly kind: 'refused'; readonly error: AppError }
  | { readonly kind: 'found'; readonly hit: FoundAnswer }

export type FoundAnswer = {
  readonly outcome: 'hit' | 'semantic-hit' | 'coalesced'
  readonly key: string
  readonly answer: CachedAnswer
  /** Cosine of the two questions; of semantic hits only. */
  readonly similarity?: number
}

type UsePlan = Extract<CachePlan, { kind: 'use' }>

const ask: CacheFinding = { kind: 'ask' }
/** A question that takes longer to embed is asked of the model: the cache is there to be faster. */
const embedLimitMs = 3_000

/**
 * The cache policy of a call, undefined without one. Calls that the gateway makes to itself have none: what they ask is
 * part of answering another call.
 */
export function cachePolicyOf(
  { exchange, api }: Pick<CacheOwner, 'exchange' | 'api'>,
  route: CompiledRoute,
): CachePolicy | undefined {
  const config = exchange.caller?.project.config
  if (config === undefined || config.caches.length === 0) return undefined
  if (api.kind !== undefined && api.kind !== 'embeddings') return undefined
  const name = route.cache ?? config.defaults.cache
  if (name === undefined || exchange.parts.innerModels.isInner(exchange)) return undefined
  return config.caches.find((policy) => policy.name === name)
}

/** The cache as one call uses it: looks before anybody is asked, keeps what was answered. A failure of it is a miss. */
export class CacheStage {
  readonly #owner: CacheOwner
  readonly #policy: CachePolicy
  readonly #routePlan: Plan
  readonly #forgettings: number
  #plan: UsePlan | undefined
  /** Ends the waiting of others for the answer of this call. */
  #land: (() => void) | undefined
  #vector: Float32Array | undefined
  /** A semantic hit that is asked again, to see how good hits are. */
  #checked: CachedAnswer | undefined
  /** For the response, in the flat form of `writeHead`. */
  headers: readonly string[] = []
  /** Attributes of the call's span, as JSON members after a comma. */
  notes = ''

  constructor(owner: CacheOwner, policy: CachePolicy, routePlan: Plan) {
    this.#owner = owner
    this.#policy = policy
    this.#routePlan = routePlan
    this.#forgettings = owner.exchange.parts.cache.forgettings
  }

  /** The answer will be kept, or compared. */
  get isKept(): boolean {
    return this.#plan?.mayKeep === true || this.#checked !== undefined
  }

  /** Looks for an answer; at once when memory or the lack of one decides. */
  look(): CacheFinding | Promise<CacheFinding> {
    const wishes = this.#readWishes()
    if (isAppError(wishes)) return { kind: 'refused', error: wishes }
    const plan = this.#guarded(() => this.#makePlan(wishes), bypass('the cache failed'))
    if (plan.kind === 'bypass') {
      this.#say('bypass')
      this.notes += `,"cache_reason":${JSON.stringify(plan.reason)}`
      return wishes.onlyIfCached ? refused() : ask
    }
    this.#plan = plan
    if (!plan.mayRead) return this.#miss(plan)
    const { cache } = this.#owner.exchange.parts
    const found = this.#guarded(() => cache.find(plan.key, plan.maxAgeMs), undefined)
    if (found !== undefined && found !== 'on-disk')
      return this.#hit({ outcome: 'hit', key: plan.key, answer: found })
    if (found === undefined && plan.similar === undefined) return this.#askOnce(plan)
    return this.#search(plan, found === 'on-disk').catch((error: unknown) => {
      this.#note(error)
      return this.#miss(plan)
    })
  }

  /** What was found cannot be used: the model is asked, and its answer kept instead. */
  giveUp(): void {
    if (this.#plan !== undefined) this.#miss(this.#plan)
  }

  /** Keeps the answer of a call that went well; `latencyMs`: of the attempt. Never throws. */
  keep(progress: Progress, span: CallSpan, latencyMs: number): void {
    this.#guarded(() => this.#keep(progress, span, latencyMs), undefined)
    this.#land?.()
  }

  async #search(plan: UsePlan, isOnDisk: boolean): Promise<CacheFinding> {
    const { cache } = this.#owner.exchange.parts
    const answer = isOnDisk ? await cache.load(plan.key, plan.maxAgeMs) : undefined
    if (answer !== undefined) return this.#hit({ outcome: 'hit', key: plan.key, answer })
    if (plan.similar === undefined) return this.#askOnce(plan)
    const vector = await this.#embed(plan.similar)
    if (vector === undefined) return this.#askOnce(plan)
    this.#vector = vector
    const near = cache.index.find({ ...plan.similar, vector }, this.#policy.threshold)
    if (near === undefined) return this.#askOnce(plan)
    const known = cache.find(near.key, plan.maxAgeMs)
    const kept = known === 'on-disk' ? await cache.load(near.key, plan.maxAgeMs) : known
    if (kept === undefined) {
      cache.index.drop(plan.similar.partition, near.key)
      return this.#askOnce(plan)
    }
    if (!plan.onlyIfCached && wantsCheck(this.#policy.checkShare, Math.random())) {
      this.#checked = kept
      return this.#miss(plan)
    }
    return this.#hit({ outcome: 'semantic-hit', key: near.key, answer: kept, similarity: near.similarity })
  }

  /** Nobody has it. With a policy that coalesces, one of those who ask for the same at the same time asks for all. */
  #askOnce(plan: UsePlan): CacheFinding | Promise<CacheFinding> {
    const { exchange } = this.#owner
    const { flights } = exchange.parts.cache
    if (!this.#policy.coalesce || plan.onlyIfCached) return this.#miss(plan)
    if (flights.isUnderWay(plan.key)) return this.#wait(plan)
    // Of a client that has gone away while it was looked, no end would be told.
    if (plan.mayKeep && !exchange.response.destroyed) {
      this.#land = flights.begin(plan.key)
      // However the call ends, its response does.
      exchange.response.once('close', this.#land)
    }
    return this.#miss(plan)
  }

  /** What came of the other call is found, or is not: then this one asks for itself, as it has waited once. */
  async #wait(plan: UsePlan): Promise<CacheFinding> {
    const { cache } = this.#owner.exchange.parts
    await cache.flights.wait(plan.key, this.#owner.remainingMs())
    const found = cache.find(plan.key, plan.maxAgeMs)
    const answer = found === 'on-disk' ? await cache.load(plan.key, plan.maxAgeMs) : found
    if (answer === undefined) return this.#miss(plan)
    return this.#hit({ outcome: 'coalesced', key: plan.key, answer })
  }

  #embed({ question }: SimilarQuestion): Promise<Float32Array | undefined> {
    const { exchange } = this.#owner
    const asked = { model: this.#policy.embeddingModel, text: question }
    const signal = AbortSignal.timeout(Math.min(embedLimitMs, this.#owner.remainingMs()))
    const { innerModels } = exchange.parts
    return embedQuestion(
      asked,
      (model, text) =>
        innerModels.embed(exchange, { model, text }, signal).catch((error: unknown) => {
          this.#note(error)
          return undefined
        }),
      signal,
    )
  }

  #hit(hit: FoundAnswer): CacheFinding {
    const ageMs = Date.now() - hit.answer.facts.createdAtMs
    this.#say(hit.outcome, hit.key, ageMs)
    if (hit.similarity !== undefined) this.notes += `,"cache_similarity":${hit.similarity.toFixed(4)}`
    return { kind: 'found', hit }
  }

  #miss({ key, onlyIfCached }: UsePlan): CacheFinding {
    this.#say('miss', key)
    return onlyIfCached ? refused() : ask
  }

  /** In a header for the client, in an attribute for traces, in the figures. */
  #say(outcome: CacheOutcome, key?: string, ageMs?: number): void {
    const { exchange } = this.#owner
    const { project, policy } = this.#policyOwner()
    this.headers = cacheHeaders(outcome, key, ageMs)
    exchange.parts.cache.stats.count(project, policy, outcome)
    this.notes = `,"cache":"${outcome}","cache_policy":"${policy}"`
    if (key !== undefined) this.notes += `,"cache_key":"${key}"`
  }

  #policyOwner(): { project: string; policy: string } {
    return { project: this.#owner.exchange.caller?.project.id ?? '', policy: this.#policy.name }
  }

  #readWishes(): CacheWishes | AppError {
    const { headers } = this.#owner.exchange.request
    try {
      return readCacheWishes(textOf(headers['x-ratchet-cache']), textOf(headers['x-ratchet-cache-ttl']))
    } catch (error) {
      return this.#owner.exchange.asAppError(error)
    }
  }

  #makePlan(wishes: CacheWishes): CachePlan {
    const { exchange, api, request, isChanged } = this.#owner
    const { caller, environment, route } = exchange
    if (caller === undefined) return bypass('nobody asks')
    const body = isChanged ? this.#changedBody() : request.json
    if (body === undefined) return bypass('what guardrails left of the request cannot be compared')
    return planCache({
      policy: this.#policy,
      wishes,
      caller: { keyId: caller.keyId, user: exchange.userId, app: exchange.appName() },
      project: caller.project.id,
      environment,
      format: api.kind === undefined ? api.format : `${route} ${api.kind}`,
      answerScope: this.#scope(),
      headers: passedHeaders(exchange),
      body,
      ...(isChanged ? {} : { rawBody: request.body }),
    })
  }

  /** What may change the answer: the plan, and where its models are. */
  #scope(): string {
    const places = this.#routePlan.candidates.map(({ target }) => target.connection.baseUrl).toSorted()
    return `${answerScope(this.#routePlan)} ${places.join(' ')}`
  }

  /** In the client's format again, so that everything that is asked of a body can be asked of this one. */
  #changedBody(): JsonObject | undefined {
    const { api, request } = this.#owner
    const options = { model: request.model, dropUnsupported: true, abilities: {} }
    const { body, dropped } = api.codec.writeRequest(this.#owner.neutral(), options)
    return dropped.length === 0 ? body : undefined
  }

  #keep(progress: Progress, span: CallSpan, latencyMs: number): void {
    const plan = this.#plan
    const { exchange } = this.#owner
    const { cache } = exchange.parts
    if (plan === undefined) return
    const { project, policy } = this.#policyOwner()
    if (this.#checked !== undefined)
      cache.stats.recordCheck(project, policy, { kept: this.#textOf(this.#checked), fresh: progress.output })
    // Forgotten while it was made: it may be what was meant.
    if (!plan.mayKeep || cache.forgettings !== this.#forgettings || progress.malformedEvents) return
    const answer = clientAnswer(this.#owner, progress, cache.maxAnswerBytes)
    if (answer === undefined || !isKeepable(200, answer.finishes)) return
    const { usage, costNano = 0, costKnown = false, provider = '', name } = span
    if (usage === undefined) return
    const facts = {
      project,
      policy,
      model: name,
      provider,
      route: this.#routePlan.route.name,
      contentType: 'application/json',
      usage,
      costNano,
      costKnown,
      latencyMs: Math.round(latencyMs),
    }
    const question = this.#embedded(plan)
    const isKept = cache.keep(plan.key, { facts, body: answer.body }, { ttlMs: plan.maxAgeMs, question })
    if (isKept && question === undefined) this.#embedLate(plan)
  }

  /** The question as it can be found by its meaning, as far as its vector is known. */
  #embedded({ similar }: UsePlan): EmbeddedQuestion | undefined {
    if (similar === undefined) return undefined
    const vector = this.#vector ?? embedOwn({ model: this.#policy.embeddingModel, text: similar.question })
    return vector === undefined ? undefined : { ...similar, vector }
  }

  /** Who has looked was told no vector then, and would be told none now. */
  #embedLate({ key, similar, mayRead }: UsePlan): void {
    if (similar === undefined || mayRead) return
    const { cache } = this.#owner.exchange.parts
    this.#embed(similar).then(
      (vector) => {
        if (vector !== undefined) cache.addQuestion(key, { ...similar, vector })
      },
      (error: unknown) => this.#note(error),
    )
  }

  #textOf({ body }: CachedAnswer): string {
    const json = parseJsonOr(body.toString())
    const answer = isJsonObject(json) ? this.#owner.api.codec.readAnswer(json) : undefined
    return answer === undefined ? '' : answerFacts(answer).output
  }

  #guarded<Value>(step: () => Value, instead: Value): Value {
    try {
      return step()
    } catch (error) {
      this.#note(error)
      return instead
    }
  }

  #note(error: unknown): void {
    const { parts, requestId } = this.#owner.exchange
    parts.log.warn({ error, requestId, policy: this.#policy.name }, 'the cache could not be used for a call')
  }
}

function bypass(reason: string): CachePlan {
  return { kind: 'bypass', reason }
}

function refused(): CacheFinding {
  return { kind: 'refused', error: notCached() }
}

/** Headers of the client that may change the answer. */
function passedHeaders({ request: { headers } }: Exchange): Record<string, string> {
  const beta = headers['anthropic-beta']
  const dropped = headers['x-ratchet-drop-unsupported']
  return {
    ...(typeof beta === 'string' ? { 'anthropic-beta': beta } : {}),
    ...(dropped === 'true' ? { 'x-ratchet-drop-unsupported': dropped } : {}),
  }
}

function textOf(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.join(',')
}
