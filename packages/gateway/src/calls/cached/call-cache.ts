import type { AppError, CachePolicy } from '@ratchet/contract'
import type { GuardStream } from '../../guardrails/guard-stream.ts'
import type { CompiledTarget } from '../../routing/compiled-route.ts'
import type { Plan } from '../../routing/plan-targets.ts'
import type { Progress } from '../../sinks/answer-sink.ts'
import { startReview, type Reviewing } from '../reviews/answer-review.ts'
import type { AttemptRun } from '../attempt-run.ts'
import { CacheHit } from './cache-hit.ts'
import { CacheStage, type CacheFinding, type CacheOwner } from './cache-stage.ts'
import type { CallRecord } from '../spans/call-record.ts'
import type { CallSpan } from '../spans/call-span.ts'

/** The call that goes by the cache before it asks anybody. */
export type CallCacheParts = {
  readonly call: CacheOwner & { guardOf(): GuardStream | undefined }
  readonly policy: CachePolicy
  readonly plan: Plan
  readonly record: CallRecord
  /** Who would be asked. */
  readonly target: CompiledTarget
  /** Absent: answers are not checked before they are sent. */
  readonly review: Omit<Reviewing, 'checks'> | undefined
  /** The call is answered; nothing of it may come any more. */
  readonly onOver: () => void
  readonly ask: () => void
  readonly refuse: (error: AppError) => void
}

/** The way of one call through the cache: a kept answer, a new one that is kept, or neither. */
export class CallCache {
  readonly #parts: CallCacheParts
  readonly #stage: CacheStage
  #hit: CacheHit | undefined
  #isCancelled = false

  constructor(parts: CallCacheParts) {
    this.#parts = parts
    this.#stage = new CacheStage(parts.call, parts.policy, parts.plan)
  }

  /** Tells exactly one of `onOver`, `ask` and `refuse`; when memory decides, at once. */
  start(): void {
    const looked = this.#stage.look()
    if (!(looked instanceof Promise)) return this.#take(looked)
    void looked.then((finding) => this.#parts.call.exchange.guard(() => this.#take(finding)))
  }

  /** A new answer is wanted when it was sent. */
  get isKept(): boolean {
    return this.#stage.isKept
  }

  /** What it says of itself in the answer, in the flat form of `writeHead`. */
  get headers(): readonly string[] {
    return this.#stage.headers
  }

  /** What keeps a new answer once it was sent; undefined for one that guardrails have changed or a cascade rejected, which is this call's alone. */
  keeper(run: AttemptRun, progress: Progress, span: CallSpan): (() => void) | undefined {
    if (run.isAltered || run.takenBack !== undefined || run.guard?.hasIntervened === true) return undefined
    const latencyMs = performance.now() - run.startMs
    return () => this.#stage.keep(progress, span, latencyMs)
  }

  /** The client went away. */
  cancel(): void {
    this.#isCancelled = true
    this.#hit?.cancel()
  }

  #take(finding: CacheFinding): void {
    if (this.#isCancelled) return
    const { record, refuse } = this.#parts
    if (finding.kind === 'found') return this.#give(finding)
    this.#note()
    if (finding.kind === 'ask') return this.#parts.ask()
    record.reservation?.release()
    refuse(finding.error)
  }

  #give({ hit: found }: Extract<CacheFinding, { kind: 'found' }>): void {
    const { call, target, review, onOver } = this.#parts
    const { exchange } = call
    this.#hit = new CacheHit(found, {
      call,
      target,
      guard: call.guardOf(),
      review:
        review === undefined
          ? undefined
          : (answer, tell) => startReview(exchange, answer, { ...review, checks: [], tell }),
      onSent: (progress, write) => {
        onOver()
        exchange.parts.cache.stats.countSaved(found.answer.facts)
        exchange.writeSpan(this.#describe({ ...progress, status: 'ok' }, found), () => write(free))
      },
      onBlocked: (error, end) => {
        onOver()
        exchange.writeSpan(this.#describe({ output: '', status: 'error', error }, found), end)
      },
      onUseless: () => {
        this.#hit = undefined
        this.#stage.giveUp()
        this.#note()
        this.#parts.ask()
      },
    })
    this.#hit.start()
  }

  /** A hit uses nothing of limits, so that is given back before the headers are written. */
  #describe(outcome: Parameters<CallRecord['describeHit']>[1], { answer }: CacheHit['found']): CallSpan {
    const { call, record, target } = this.#parts
    record.reservation?.release()
    this.#note()
    // Nobody was asked.
    call.exchange.connection = ''
    call.exchange.model = answer.facts.model
    return record.describeHit(target, outcome, answer.facts)
  }

  #note(): void {
    const { call, record } = this.#parts
    const { headers, notes } = this.#stage
    record.notes = notes
    call.exchange.moreHeaders = [...(record.reservation?.headers(Date.now()) ?? []), ...headers]
  }
}

const free = { costNano: 0, costKnown: true }
