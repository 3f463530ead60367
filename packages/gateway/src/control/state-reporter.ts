import { type GatewayStateReport, internalPaths } from '@ratchet/contract'
import type { ControlAddress } from '@ratchet/spool'
import type { GatewayParts } from '../gateway-parts.ts'
import type { BreakerChange } from '../routing/health/target-health.ts'
import { connectControl } from './control-client.ts'
import { type BreakerNote, describeCredentials, describeTargets } from './describe-state.ts'

type Sources = {
  readonly health: Pick<GatewayParts['health'], 'describe'>
  readonly credentials: Pick<GatewayParts['credentials'], 'describe'>
  readonly metrics: Pick<GatewayParts['metrics'], 'activeRequests'>
}

type ReporterParts = {
  readonly control: ControlAddress
  readonly internalToken: string
  readonly instance: string
  readonly name: string
}

const everyMs = 1_000
/** A breaker that changed is told sooner, and changes of the same moment together. */
const soonMs = 100
/** Control takes a gateway that is silent for half a minute for gone, and forgets all when it starts anew. */
const repeatMs = 10_000
const timeoutMs = 2_000

/**
 * Tells control how targets and keys do: at once when a breaker changes, else every second when something changed. Never
 * on the path of a call. What control does not take is not kept: the next report replaces it.
 */
export class StateReporter {
  readonly #parts: ReporterParts
  readonly #client: ReturnType<typeof connectControl>
  readonly #notes = new Map<string, BreakerNote>()
  #sources: Sources | undefined
  #timer: NodeJS.Timeout | undefined
  #soon: NodeJS.Timeout | undefined
  #sending: Promise<void> | undefined
  #isDraining = false
  #told = ''
  #toldAtMs = Number.NEGATIVE_INFINITY

  constructor(parts: ReporterParts) {
    this.#parts = parts
    this.#client = connectControl(parts.control)
  }

  start(sources: Sources): void {
    this.#sources = sources
    this.#timer = setInterval(() => this.#tick(), everyMs).unref()
  }

  /** On the path of a call: only remembers it. */
  noteBreaker({ key, to, reason }: BreakerChange): void {
    if (to === 'closed') this.#notes.delete(key)
    else this.#notes.set(key, { reason, atMs: performance.now() })
    this.#soon ??= setTimeout(() => this.#tick(), soonMs).unref()
  }

  /** Control is there again, and may have forgotten. */
  tellAgain(): void {
    this.#told = ''
    this.#soon ??= setTimeout(() => this.#tick(), soonMs).unref()
  }

  drain(): void {
    this.#isDraining = true
    this.#tick()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    clearTimeout(this.#soon)
    await this.#sending
    if (this.#toldAtMs > Number.NEGATIVE_INFINITY) await this.#post({ ...this.#describe(), isLast: true })
    await this.#client.destroy()
  }

  #tick(): void {
    clearTimeout(this.#soon)
    this.#soon = undefined
    if (this.#sending !== undefined) return
    const report = this.#describe()
    const text = signatureOf(report)
    const nowMs = performance.now()
    if (text === this.#told && nowMs - this.#toldAtMs < repeatMs) return
    this.#sending = this.#post(report)
      .then((isTaken) => {
        this.#told = isTaken ? text : ''
        if (isTaken) this.#toldAtMs = nowMs
      })
      .finally(() => (this.#sending = undefined))
  }

  #describe(): GatewayStateReport {
    const nowMs = performance.now()
    const health = this.#sources?.health.describe(nowMs) ?? []
    this.#forgetNotes(health)
    return {
      instance: this.#parts.instance,
      name: this.#parts.name,
      isLast: false,
      isDraining: this.#isDraining,
      activeRequests: this.#sources?.metrics.activeRequests ?? 0,
      targets: describeTargets(health, this.#notes, nowMs),
      credentials: describeCredentials(this.#sources?.credentials.describe(nowMs) ?? []),
    }
  }

  /** The registry forgets targets when it is full. */
  #forgetNotes(health: readonly { readonly key: string }[]): void {
    if (this.#notes.size === 0) return
    const known = new Set(health.map(({ key }) => key))
    for (const key of this.#notes.keys()) if (!known.has(key)) this.#notes.delete(key)
  }

  async #post(report: GatewayStateReport): Promise<boolean> {
    try {
      const { statusCode, body } = await this.#client.request({
        path: internalPaths.state,
        method: 'POST',
        headers: { authorization: `Bearer ${this.#parts.internalToken}`, 'content-type': 'application/json' },
        body: JSON.stringify(report),
        signal: AbortSignal.timeout(timeoutMs),
      })
      await body.dump()
      return statusCode < 300
    } catch {
      // Control is away: what is true then is told when it is back.
      return false
    }
  }
}

/** What makes a report news: times that only pass do not. */
function signatureOf({ isDraining, activeRequests, targets, credentials }: GatewayStateReport): string {
  return JSON.stringify([
    isDraining,
    activeRequests,
    targets.map(({ project, target, state, inFlight, readyInMs, openings }) => [
      project,
      target,
      state,
      inFlight,
      readyInMs > 0,
      openings,
    ]),
    credentials.map(({ project, id, isRefused }) => [project, id, isRefused]),
  ])
}
