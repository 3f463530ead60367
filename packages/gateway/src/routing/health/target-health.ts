import type { FailureKind } from '@ratchet/contract'
import { ErrorWindow } from './error-window.ts'
import { MovingLatency } from './moving-latency.ts'

export type BreakerState = 'closed' | 'open' | 'half-open'

export type HealthSettings = {
  /** Length of the window in which errors are counted. */
  readonly windowMs: number
  /** So many failures in a row open the breaker. */
  readonly consecutiveFailures: number
  /** So does this share of failed calls in the window, when there were at least `minimumCalls`. */
  readonly errorShare: number
  readonly minimumCalls: number
  /** How long it stays open the first time; doubled each time that a probe fails, up to `maxOpenMs`. */
  readonly openMs: number
  readonly maxOpenMs: number
  /** Calls that may try a half-open target at the same time. */
  readonly probes: number
  /** Probes that have to succeed before it closes. */
  readonly probesToClose: number
  /** A probe that nobody has ended by then is forgotten. */
  readonly probeTimeoutMs: number
  /** A longer Retry-After than this is not believed. */
  readonly maxRestMs: number
}

export const defaultHealthSettings: HealthSettings = {
  windowMs: 30_000,
  consecutiveFailures: 5,
  errorShare: 0.5,
  minimumCalls: 10,
  openMs: 5_000,
  maxOpenMs: 120_000,
  probes: 1,
  probesToClose: 2,
  probeTimeoutMs: 60_000,
  maxRestMs: 300_000,
}

/** A breaker that changed; for the log and the span of the call that changed it. */
export type BreakerChange = {
  /** `project connection/model`. */
  readonly key: string
  readonly from: BreakerState
  readonly to: BreakerState
  readonly reason: string
  /** 0 unless it opened. */
  readonly openForMs: number
}

/** What `begin` gives and the end of the call gives back; opaque. */
export type AttemptTicket = number

/** Health of one model of one connection, for metrics and the console. */
export type HealthReport = {
  readonly key: string
  readonly state: BreakerState
  readonly callsInWindow: number
  readonly errorShare: number
  readonly consecutiveFailures: number
  readonly inFlight: number
  readonly firstTokenMs: number | undefined
  readonly totalMs: number | undefined
  /** Until it may be asked again; 0 when it may. */
  readonly readyInMs: number
  /** How often it opened since the gateway knows it. */
  readonly openings: number
  /** Calls that were sent to it since then, and how many of them failed, by kind. */
  readonly calls: number
  readonly failures: ReadonlyMap<FailureKind, number>
}

type HealthParts = {
  readonly key: string
  readonly settings: HealthSettings
  readonly onChange: (change: BreakerChange) => void
}

/** Failures that say nothing about the target: it answered, the request or the credential was the matter. */
const innocent = new Set<FailureKind>(['rate-limit', 'credential', 'context-length', 'content-filter'])

const normal = 0
const probe = 1

/**
 * Breaker, running calls and latency of one model of one connection. All times are of one clock that never goes back
 * (`performance.now()`). Each call is `begin`, then exactly one of `succeeded`, `failed` and `cancelled`; calls that
 * began before the breaker last changed do not move it.
 */
export class TargetHealth {
  readonly #parts: HealthParts
  readonly #window: ErrorWindow
  readonly firstToken = new MovingLatency()
  readonly total = new MovingLatency()
  inFlight = 0
  lastUsedMs = 0
  #state: BreakerState = 'closed'
  #generation = 0
  #failuresInRow = 0
  #openUntilMs = 0
  #restsUntilMs = 0
  /** How often in a row it opened without closing in between. */
  #level = 0
  #openings = 0
  #calls = 0
  readonly #failures = new Map<FailureKind, number>()
  #probesRunning = 0
  #probesPassed = 0
  #lastProbeMs = 0

  constructor(parts: HealthParts) {
    this.#parts = parts
    this.#window = new ErrorWindow(parts.settings.windowMs)
  }

  get state(): BreakerState {
    return this.#state
  }

  /** When the next call may be sent: not after `nowMs` when it may be now. Never infinite. */
  readyAtMs(nowMs: number): number {
    return Math.max(this.#restsUntilMs, this.#breakerReadyAtMs(nowMs))
  }

  /** Counts a call; also one that is sent although the target is not ready, because nobody else is. */
  begin(nowMs: number): AttemptTicket {
    const { probes, probeTimeoutMs } = this.#parts.settings
    this.lastUsedMs = nowMs
    this.inFlight += 1
    this.#calls += 1
    if (this.#state === 'open' && nowMs >= this.#openUntilMs) this.#change('half-open', 'its time is over', 0)
    if (this.#state !== 'half-open') return this.#generation * 2 + normal
    if (nowMs - this.#lastProbeMs >= probeTimeoutMs) this.#probesRunning = 0
    if (this.#probesRunning >= probes) return this.#generation * 2 + normal
    this.#probesRunning += 1
    this.#lastProbeMs = nowMs
    return this.#generation * 2 + probe
  }

  succeeded(ticket: AttemptTicket, nowMs: number): void {
    if (!this.#end(ticket, nowMs)) return
    this.#failuresInRow = 0
    this.#window.add(false, nowMs)
    if (this.#state === 'closed') return
    this.#probesPassed += 1
    if (this.#probesPassed >= this.#parts.settings.probesToClose) this.#close()
  }

  failed(ticket: AttemptTicket, failure: FailureKind, nowMs: number): void {
    this.#failures.set(failure, (this.#failures.get(failure) ?? 0) + 1)
    if (!this.#end(ticket, nowMs) || innocent.has(failure)) return
    this.#failuresInRow += 1
    this.#window.add(true, nowMs)
    if (this.#state === 'half-open') return this.#open(`a probe failed: ${failure}`, nowMs)
    if (this.#state === 'open') return
    const { consecutiveFailures, errorShare, minimumCalls } = this.#parts.settings
    if (this.#failuresInRow >= consecutiveFailures) {
      this.#open(`${this.#failuresInRow} failures in a row, the last: ${failure}`, nowMs)
    } else if (this.#window.calls >= minimumCalls && this.#window.errorShare() >= errorShare) {
      const { failures, calls } = this.#window
      this.#open(`${failures} of ${calls} calls failed, the last: ${failure}`, nowMs)
    }
  }

  /** The client went away, or another answer was faster: nothing was learnt. */
  cancelled(ticket: AttemptTicket, nowMs: number): void {
    this.#end(ticket, nowMs)
  }

  /** The provider asked not to be called for so long. Of several such words the one that lasts longest counts. */
  restFor(askedMs: number, nowMs: number): void {
    const restMs = Math.min(this.#parts.settings.maxRestMs, Math.max(0, askedMs))
    this.#restsUntilMs = Math.max(this.#restsUntilMs, nowMs + restMs)
  }

  describe(nowMs: number): HealthReport {
    this.#window.advance(nowMs)
    return {
      key: this.#parts.key,
      state: this.#state,
      callsInWindow: this.#window.calls,
      errorShare: this.#window.errorShare(),
      consecutiveFailures: this.#failuresInRow,
      inFlight: this.inFlight,
      firstTokenMs: this.firstToken.valueMs,
      totalMs: this.total.valueMs,
      readyInMs: Math.max(0, this.readyAtMs(nowMs) - nowMs),
      openings: this.#openings,
      calls: this.#calls,
      failures: this.#failures,
    }
  }

  /** True when nothing would be lost by forgetting it. */
  isIdle(nowMs: number): boolean {
    return this.inFlight === 0 && this.#state === 'closed' && this.#restsUntilMs <= nowMs
  }

  #breakerReadyAtMs(nowMs: number): number {
    if (this.#state === 'closed') return 0
    if (this.#state === 'open') return this.#openUntilMs
    const { probes, probeTimeoutMs } = this.#parts.settings
    const freeAtMs = this.#lastProbeMs + probeTimeoutMs
    return this.#probesRunning < probes || freeAtMs <= nowMs ? 0 : freeAtMs
  }

  /** False for a call of an earlier life of the breaker. */
  #end(ticket: AttemptTicket, nowMs: number): boolean {
    this.inFlight = Math.max(0, this.inFlight - 1)
    this.lastUsedMs = nowMs
    if (Math.floor(ticket / 2) !== this.#generation) return false
    if (ticket % 2 === probe) this.#probesRunning = Math.max(0, this.#probesRunning - 1)
    return true
  }

  #open(reason: string, nowMs: number): void {
    const { openMs, maxOpenMs } = this.#parts.settings
    const openForMs = Math.min(maxOpenMs, openMs * 2 ** this.#level)
    this.#level += 1
    this.#openings += 1
    this.#openUntilMs = nowMs + openForMs
    this.#change('open', reason, openForMs)
  }

  #close(): void {
    this.#level = 0
    this.#window.clear()
    this.#change('closed', 'probes succeeded', 0)
  }

  #change(to: BreakerState, reason: string, openForMs: number): void {
    const from = this.#state
    this.#state = to
    this.#generation += 1
    this.#failuresInRow = 0
    this.#probesRunning = 0
    this.#probesPassed = 0
    this.#parts.onChange({ key: this.#parts.key, from, to, reason, openForMs })
  }
}
