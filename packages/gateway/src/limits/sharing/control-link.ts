import type { LimitReport } from '@ratchet/contract'
import type { Log } from '../../log.ts'
import type { Account } from '../accounts/account.ts'
import type { BudgetAccount } from '../accounts/budget-account.ts'
import type { LimitPeers, SharedAccount } from '../accounts/limit-peers.ts'
import type { KnownSpend } from './known-spend.ts'
import type { PostReport, PostResult } from './post-report.ts'
import { ReportQueue, type Reported } from './report-queue.ts'
import type { KeptReport, UseJournal } from './use-journal.ts'

export type ControlLinkParts = {
  readonly instance: string
  readonly post: PostReport
  readonly journal: UseJournal
  readonly known: KnownSpend
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>
  readonly nowMs?: () => number
}

/** A report on its way; one from the journal has no accounts that wait for the answer. */
type Message = { readonly body: string; readonly from: Reported | KeptReport; isInJournal: boolean }

const tickMs = 200
const heartbeatMs = 2_000
const leastPauseMs = 5
/**
 * Control is taken for gone when it has been silent for so many ticks, or no report got through for so long. Ticks,
 * because a process that stood still itself finds the answer only after its timers.
 */
const silentTicks = 5
const failingMs = 500
const firstRetryMs = 50
const longestRetryMs = 1_000
/** With so many unreported budgets memory hands them over to the journal. */
const mostUnreported = 2_000
const saveEveryMs = 5_000
/** A process that drains beside us may end, and leave something behind, at any time. */
const adoptEveryMs = 5_000
const goodbyeMs = 1_000

/**
 * Tells control what is used and gets allowances for it: every 200 ms while something changed, at once when a call waits.
 * One report is under way at a time and is repeated until control has taken it. While control does not answer, what is
 * used goes into the journal, and everybody goes on with a fair share of what was last known to be left.
 */
export class ControlLink implements LimitPeers {
  readonly hasControl = true
  gateways: number
  isUnreachable = false
  readonly #parts: ControlLinkParts
  readonly #nowMs: () => number
  readonly #queue = new ReportQueue()
  #pending: Message | undefined
  #sequence = 0
  #isWorking = false
  #isDue = false
  #isHurried = false
  #problem = ''
  #failedSinceMs: number | undefined
  /** Ticks since the first report without an answer. */
  #silentTicks: number | undefined
  #sentAtMs = 0
  #retryAtMs = 0
  #journalAtMs = 0
  #savedAtMs = 0
  #timer: NodeJS.Timeout | undefined
  #adoptedAtMs = Number.NEGATIVE_INFINITY
  #onAnswered: (account: Account) => void = () => undefined
  #isUsed = (): boolean => false

  constructor(parts: ControlLinkParts) {
    this.#parts = parts
    this.#nowMs = parts.nowMs ?? Date.now
    this.gateways = parts.known.gateways
  }

  /** Begins to report. `onAnswered` is told of accounts where calls wait; `isUsed` says whether there are limits at all. */
  start(parts: { onAnswered: (account: Account) => void; isUsed: () => boolean }): void {
    this.#onAnswered = parts.onAnswered
    this.#isUsed = parts.isUsed
    this.#timer = setInterval(() => this.#tick(), tickMs).unref()
  }

  touchBudget(account: BudgetAccount): void {
    this.#queue.touchBudget(account)
  }

  touchRate(account: SharedAccount): void {
    this.#queue.touchRate(account)
  }

  hurry(): void {
    if (this.#isHurried) return
    this.#isHurried = true
    if (this.#isWorking) return
    const pauseMs = leastPauseMs - (this.#nowMs() - this.#sentAtMs)
    if (pauseMs > 0) setTimeout(() => void this.#work(), pauseMs)
    else setImmediate(() => void this.#work())
  }

  lastKnownSpend(account: BudgetAccount): number {
    return this.#parts.known.spentBefore(account)
  }

  /** Says goodbye: what is held goes back, what is used is told, or left in the journal for the next process. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    const endMs = this.#nowMs() + goodbyeMs
    while (this.#isWorking && this.#nowMs() < endMs) await pause(5)
    while (
      !this.isUnreachable &&
      this.#nowMs() < endMs &&
      (this.#pending !== undefined || this.#queue.isFull)
    ) {
      if (!(await this.#deliver(this.#pending ?? this.#makeReport(false)))) break
    }
    const hasSpoken = this.#sequence > 0 || !this.#queue.isQuiet
    if (!this.isUnreachable && this.#pending === undefined && hasSpoken) {
      await this.#deliver(this.#makeReport(true))
    }
    if (this.#pending !== undefined || this.#queue.budgetCount > 0) this.#writeJournal()
    this.#parts.journal.close()
    this.#parts.known.save()
  }

  /** Stops without a word, as a killed process does. For tests. */
  abandon(): void {
    clearInterval(this.#timer)
    this.#isWorking = true
  }

  #tick(): void {
    const nowMs = this.#nowMs()
    if (nowMs - this.#savedAtMs >= saveEveryMs) {
      this.#savedAtMs = nowMs
      this.#parts.known.save()
    }
    if (this.#silentTicks !== undefined && ++this.#silentTicks > silentTicks)
      this.#loseControl('it does not answer')
    this.#queue.touchIdleHolders(nowMs)
    this.#isDue = true
    void this.#work()
    if (this.isUnreachable && nowMs >= this.#journalAtMs) this.#writeJournal()
  }

  /** Sends what is to be sent now, one report after the other. */
  async #work(): Promise<void> {
    if (this.#isWorking) return
    this.#isWorking = true
    try {
      for (let next = this.#next(); next !== undefined; next = this.#next()) {
        if (!(await this.#deliver(next))) break
      }
    } catch (error) {
      this.#parts.log.error({ error }, 'reporting the use of limits failed; it goes on with the next report')
    } finally {
      this.#isWorking = false
    }
    // Somebody hurried while the last answer was handed out.
    if (this.#isHurried && this.#pending === undefined) setTimeout(() => void this.#work(), leastPauseMs)
  }

  #next(): Message | undefined {
    const nowMs = this.#nowMs()
    if (this.#pending !== undefined) return nowMs >= this.#retryAtMs ? this.#pending : undefined
    const kept = this.#parts.journal.takeKept()
    if (kept !== undefined) return this.#send({ body: kept.body, from: kept, isInJournal: true })
    // Control says with each answer what others wait for: who holds something asks at every tick.
    const pauseMs = this.gateways > 1 && this.#queue.holdsBudgets ? 0 : heartbeatMs
    const isQuiet = this.#queue.isQuiet && nowMs - this.#sentAtMs < pauseMs
    const isTime = this.#isDue && !isQuiet && (this.#isUsed() || !this.#queue.isQuiet)
    if (this.#isHurried || this.#queue.isFull || isTime) return this.#makeReport(false)
    this.#isDue = false
    return undefined
  }

  #makeReport(isLast: boolean): Message {
    this.#isHurried = false
    this.#isDue = false
    const nowMs = this.#nowMs()
    // The next process must find what this one used.
    const from = this.#queue.take(nowMs, this.gateways === 1 && !isLast)
    const body = JSON.stringify(this.#report({ ...from.said, isLast }))
    return this.#send({ body, from, isInJournal: false })
  }

  #report(parts: Pick<LimitReport, 'budgets' | 'rates' | 'isLast'>): LimitReport {
    this.#sequence += 1
    return { instance: this.#parts.instance, sequence: this.#sequence, isLeftBehind: false, ...parts }
  }

  #send(message: Message): Message {
    this.#pending = message
    return message
  }

  /** False when control did not take it; then it stays pending. */
  async #deliver(message: Message): Promise<boolean> {
    this.#sentAtMs = this.#nowMs()
    this.#silentTicks ??= 0
    const result = await this.#parts.post(message.body)
    if (result.kind === 'unavailable') {
      this.#onUnavailable(result.message)
      return false
    }
    this.#pending = undefined
    if (result.kind === 'refused') {
      // By a control of another version, perhaps. Serving goes on, and the next report says it again.
      this.isUnreachable = true
      this.#parts.log.error({ problem: result.message }, 'control refused a report on limits')
      if ('path' in message.from) this.#parts.journal.onDelivered(message.from)
      else this.#queue.takeBack(message.from)
      return false
    }
    this.#onAnswer(message, result)
    return true
  }

  #onUnavailable(problem: string): void {
    this.#problem = problem
    this.#failedSinceMs ??= this.#nowMs()
    const failedMs = this.#nowMs() - this.#failedSinceMs
    if (failedMs >= failingMs) this.#loseControl(problem)
    const retryMs = Math.min(longestRetryMs, Math.max(firstRetryMs, failedMs / 10))
    this.#retryAtMs = this.#nowMs() + retryMs
    setTimeout(() => void this.#work(), retryMs).unref()
  }

  /** One lost report is no outage; no answer for a while is. */
  #loseControl(problem: string): void {
    if (this.isUnreachable) return
    this.isUnreachable = true
    this.#parts.log.warn(
      { problem: this.#problem === '' ? problem : this.#problem },
      'limits go on without control: with a fair share of what is left',
    )
  }

  #onAnswer({ from }: Message, { answer }: Extract<PostResult, { kind: 'answered' }>): void {
    const { journal, known } = this.#parts
    this.#silentTicks = undefined
    this.#problem = ''
    this.#failedSinceMs = undefined
    this.isUnreachable = false
    this.gateways = answer.gateways
    if ('path' in from) journal.onDelivered(from)
    else {
      this.#queue.apply(from, answer, this.#nowMs())
      for (const account of from.budgets) known.note(account, answer.gateways)
      for (const account of [...from.budgets, ...from.rates]) {
        if (account.waiting !== undefined) this.#onAnswered(account)
      }
    }
    const nowMs = this.#nowMs()
    if (answer.wanted !== undefined) this.#queue.giveBack(answer.wanted, nowMs)
    if (journal.keptCount === 0) journal.clear()
    if (nowMs - this.#adoptedAtMs < adoptEveryMs) return
    this.#adoptedAtMs = nowMs
    journal.adoptLeftBehind()
  }

  #writeJournal(): void {
    const { journal, log } = this.#parts
    const startedMs = performance.now()
    try {
      if (this.#pending !== undefined && !this.#pending.isInJournal) {
        journal.keep(this.#pending.body)
        this.#pending.isInJournal = true
      }
      const budgets = this.#queue.unreported()
      const said = { budgets, rates: [], isLast: false }
      if (budgets.length > mostUnreported) {
        for (let at = 0; at < budgets.length; at += mostUnreported) {
          const part = this.#report({ ...said, budgets: budgets.slice(at, at + mostUnreported) })
          journal.handOver(JSON.stringify(part))
        }
        this.#queue.forgetUnreported()
      } else if (budgets.length > 0) {
        const tail = this.#report(said)
        // The next report takes this number, and says the same and more.
        this.#sequence -= 1
        journal.replaceTail(JSON.stringify(tail))
      }
    } catch (error) {
      log.error({ error }, 'the use of budgets could not be saved; a killed process would forget it')
    }
    // Writing much must not take more than a twentieth of the time.
    this.#journalAtMs = this.#nowMs() + Math.max(tickMs, 20 * (performance.now() - startedMs))
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
