import { internalPaths, type CacheCounts, type CacheHeld, type CacheReport } from '@ratchet/contract'
import type { Client } from 'undici'
import type { Log } from '../log.ts'
import type { AnswerCache } from './answer-cache.ts'
import type { HeldByPolicy } from './held-answers.ts'
import type { UntoldReports } from './untold-reports.ts'

/** `refused`: control will never take this report. */
export type PostCacheReport = (body: string) => Promise<'taken' | 'refused' | 'unavailable'>

export type ReporterParts = {
  readonly cache: Pick<AnswerCache, 'stats' | 'held'>
  readonly instance: string
  readonly post: PostCacheReport
  /** Where reports that control did not take wait for the next process. Absent: they are lost. */
  readonly untold?: UntoldReports | undefined
  readonly log: Pick<Log, 'warn'>
}

type Policy = CacheReport['policies'][number]
type Pending = { readonly body: string; readonly told: ReadonlyMap<string, CacheCounts> }

const everyMs = 2_000
/** Control forgets how much a silent process holds after a minute. */
const repeatMs = 20_000
const mostPolicies = 5_000
const timeoutMs = 2_000

/**
 * Tells control every two seconds what the cache did, when it did something. A report is repeated as it was until control
 * has taken it, so nothing counts twice; what control has not taken when the process ends is told by the next one. A
 * killed process loses what it has not told.
 */
export class CacheReporter {
  readonly #parts: ReporterParts
  #told: ReadonlyMap<string, CacheCounts> = new Map()
  #pending: Pending | undefined
  /** Of an earlier process. */
  #left: readonly string[] = []
  #sequence = 0
  #lastHeld = ''
  #sentAtMs = 0
  #timer: NodeJS.Timeout | undefined
  #sending: Promise<void> | undefined

  constructor(parts: ReporterParts) {
    this.#parts = parts
  }

  start(): void {
    this.#left = this.#parts.untold?.read() ?? []
    this.#timer = setInterval(() => this.#tick(), everyMs).unref()
  }

  /** Tells these as well, which another process could not. */
  adopt(reports: readonly string[]): void {
    this.#left = [...this.#left, ...reports]
  }

  /** Tells the rest when control takes it at once, or leaves it to the next process. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#sending
    await this.#deliverAll()
    const untold = [...this.#left]
    if (this.#pending !== undefined) {
      untold.push(this.#pending.body)
      this.#told = this.#pending.told
    }
    if (this.#sequence + this.#parts.cache.stats.list().length > 0) {
      const last = this.#make(true)
      if (untold.length > 0 || !(await this.#deliver(last))) untold.push(last.body)
    }
    if (untold.length > 0) this.#parts.untold?.write(untold)
  }

  #tick(): void {
    this.#sending ??= this.#deliverAll().finally(() => (this.#sending = undefined))
  }

  async #deliverAll(): Promise<void> {
    for (let [body] = this.#left; body !== undefined; [body] = this.#left) {
      if ((await this.#parts.post(body)) === 'unavailable') return
      this.#left = this.#left.slice(1)
      if (this.#left.length === 0) this.#parts.untold?.clear()
    }
    const next = this.#pending ?? this.#next()
    if (next !== undefined) await this.#deliver(next)
  }

  #next(): Pending | undefined {
    const { stats } = this.#parts.cache
    const hasCounted = stats.list().some((policy) => isNews(policy, this.#told.get(nameOf(policy))))
    const held = JSON.stringify(this.#parts.cache.held())
    const isDue = performance.now() - this.#sentAtMs > repeatMs && held !== nothingHeld
    if (!hasCounted && held === this.#lastHeld && !isDue) return undefined
    if (!hasCounted && this.#lastHeld === '' && held === nothingHeld) return undefined
    this.#lastHeld = held
    return this.#make(false)
  }

  #make(isLast: boolean): Pending {
    this.#sequence += 1
    this.#sentAtMs = performance.now()
    const told = new Map<string, CacheCounts>()
    const policies = new Map<string, Policy>()
    for (const counted of this.#parts.cache.stats.list()) {
      const name = nameOf(counted)
      told.set(name, { ...counted })
      const { project, policy } = counted
      const counts = difference(counted, this.#told.get(name))
      policies.set(name, { project, policy, counts, held: nothing })
    }
    const { memory, disk } = this.#parts.cache.held()
    if (!isLast)
      addHeld(policies, memory, ({ answers, bytes }) => ({ memoryAnswers: answers, memoryBytes: bytes }))
    addHeld(policies, disk, ({ answers, bytes }) => ({ diskAnswers: answers, diskBytes: bytes }))
    const report: CacheReport = {
      instance: this.#parts.instance,
      sequence: this.#sequence,
      isLast,
      policies: [...policies.values()].slice(0, mostPolicies),
    }
    return (this.#pending = { body: JSON.stringify(report), told })
  }

  /** False when control did not take it; then it stays pending. */
  async #deliver(pending: Pending): Promise<boolean> {
    const result = await this.#parts.post(pending.body)
    if (result === 'unavailable') return false
    if (result === 'refused') this.#parts.log.warn({}, 'control refused figures of the cache')
    this.#pending = undefined
    this.#told = pending.told
    return true
  }
}

const nothingHeld = JSON.stringify({ memory: [], disk: [] })
const nothing: CacheHeld = { memoryAnswers: 0, memoryBytes: 0, diskAnswers: 0, diskBytes: 0 }
const noCounts: CacheCounts = {
  hits: 0,
  semanticHits: 0,
  misses: 0,
  bypasses: 0,
  savedNano: 0,
  savedMs: 0,
  checks: 0,
  agreement: 0,
  disagreements: 0,
}

/** Posts reports over a connection of its own. */
export function makePostCacheReport(client: Client, internalToken: string): PostCacheReport {
  const headers = { authorization: `Bearer ${internalToken}`, 'content-type': 'application/json' }
  return async (body) => {
    try {
      const signal = AbortSignal.timeout(timeoutMs)
      const { statusCode, body: answer } = await client.request({
        path: internalPaths.cache,
        method: 'POST',
        headers,
        body,
        signal,
      })
      await answer.dump()
      if (statusCode < 300) return 'taken'
      return statusCode === 400 ? 'refused' : 'unavailable'
    } catch {
      // Control is away; the figures wait.
      return 'unavailable'
    }
  }
}

function addHeld(
  policies: Map<string, Policy>,
  list: readonly HeldByPolicy[],
  read: (held: HeldByPolicy) => Partial<CacheHeld>,
): void {
  for (const held of list) {
    const { project, policy } = held
    const name = nameOf(held)
    const known = policies.get(name) ?? { project, policy, counts: noCounts, held: nothing }
    policies.set(name, { ...known, held: { ...known.held, ...read(held) } })
  }
}

function difference(now: CacheCounts, before: CacheCounts | undefined): CacheCounts {
  // Fewer than before: the counters began anew.
  const from = before === undefined || requestsOf(now) < requestsOf(before) ? noCounts : before
  return {
    hits: now.hits - from.hits,
    semanticHits: now.semanticHits - from.semanticHits,
    misses: now.misses - from.misses,
    bypasses: now.bypasses - from.bypasses,
    savedNano: now.savedNano - from.savedNano,
    savedMs: now.savedMs - from.savedMs,
    checks: now.checks - from.checks,
    agreement: Math.max(0, now.agreement - from.agreement),
    disagreements: now.disagreements - from.disagreements,
  }
}

function isNews(now: CacheCounts, before: CacheCounts | undefined): boolean {
  return (
    requestsOf(now) !== (before === undefined ? 0 : requestsOf(before)) ||
    now.savedMs !== (before?.savedMs ?? 0)
  )
}

function requestsOf({ hits, semanticHits, misses, bypasses, checks }: CacheCounts): number {
  return hits + semanticHits + misses + bypasses + checks
}

function nameOf({ project, policy }: { readonly project: string; readonly policy: string }): string {
  return `${project} ${policy}`
}
