import type { CacheForget } from '@ratchet/contract'
import type { AnswerCache } from './answer-cache.ts'
import type { AnswerFilter } from './cached-answer.ts'

/** What a snapshot says about forgetting. */
export type SaidForgets = {
  /** The recent ones. */
  readonly cacheForgets: readonly CacheForget[]
  /** Older ones are not listed any more. */
  readonly cacheForgetsSinceMs: number
  readonly madeAtMs: number
}

/** Clocks of two machines differ by less than this. */
const clockSkewMs = 60_000

/**
 * Applies what snapshots say to forget, once each. Who was away for so long that something may not be listed any more
 * forgets all answers of that time: it must not come back.
 */
export class ForgetList {
  readonly #cache: Pick<AnswerCache, 'forget'>
  readonly #nowMs: () => number
  #applied: ReadonlyMap<string, CacheForget> = new Map()
  /** Everything that was said until then is applied. */
  #coveredMs: number | undefined
  #sinceMs = 0

  constructor(cache: Pick<AnswerCache, 'forget'>, nowMs: () => number) {
    this.#cache = cache
    this.#nowMs = nowMs
  }

  /** Applies all that is listed again: to answers that another process has kept, and whose folder was taken over. */
  applyAgain(): void {
    for (const forget of this.#applied.values()) this.#cache.forget(this.#filterOf(forget, true))
    if (this.#sinceMs > 0) this.#cache.forget({ createdBeforeMs: this.#sinceMs + clockSkewMs })
  }

  apply({ cacheForgets, cacheForgetsSinceMs, madeAtMs }: SaidForgets): void {
    const isFirst = this.#coveredMs === undefined
    if ((this.#coveredMs ?? 0) < cacheForgetsSinceMs)
      this.#cache.forget({ createdBeforeMs: cacheForgetsSinceMs + clockSkewMs })
    this.#coveredMs = madeAtMs
    this.#sinceMs = cacheForgetsSinceMs
    const listed = new Map<string, CacheForget>()
    for (const forget of cacheForgets) {
      const name = JSON.stringify(forget)
      listed.set(name, forget)
      if (!this.#applied.has(name)) this.#cache.forget(this.#filterOf(forget, isFirst))
    }
    this.#applied = listed
  }

  /** One that comes while we run means all that we have now; our clock need not agree with control's. */
  #filterOf({ beforeMs, ...filter }: CacheForget, isFirst: boolean): AnswerFilter {
    const createdBeforeMs = isFirst ? beforeMs + clockSkewMs : Math.max(beforeMs, this.#nowMs() + 1)
    return { ...filter, createdBeforeMs }
  }
}
