import type { BudgetReport, LimitAnswer, RateReport, WantedBudget } from '@ratchet/contract'
import { BudgetAccount } from '../accounts/budget-account.ts'
import type { SharedAccount } from '../accounts/limit-peers.ts'

/** What a report says, and the accounts that its answer is for. */
export type Reported = {
  readonly budgets: readonly BudgetAccount[]
  readonly rates: readonly SharedAccount[]
  readonly said: { readonly budgets: BudgetReport[]; readonly rates: RateReport[] }
}

type Holder = BudgetAccount | SharedAccount

const mostPerReport = 2_000
/** While this process is alone nobody waits for its rates: a sample is enough to show. */
const mostShown = 500
const showEveryMs = 1_000
/** Idle accounts looked at per report for allowances to give back. */
const mostLookedAt = 500

/** Accounts with something to tell control, each once. */
export class ReportQueue {
  #budgets: BudgetAccount[] = []
  #rates: SharedAccount[] = []
  /** Accounts with an allowance, which has to go back when the calls stop. */
  readonly #holders = new Set<Holder>()
  #budgetHolders = 0
  #look: Iterator<Holder> | undefined
  #shownAtMs = 0

  get budgetCount(): number {
    return this.#budgets.length
  }

  /** Nothing that has to be told soon. */
  get isQuiet(): boolean {
    return this.#budgets.length === 0 && this.#rates.length === 0
  }

  get isFull(): boolean {
    return this.#budgets.length > mostPerReport || this.#rates.length > mostPerReport
  }

  touchBudget(account: BudgetAccount): void {
    if (account.isTouched) return
    account.isTouched = true
    this.#budgets.push(account)
  }

  touchRate(account: SharedAccount): void {
    if (account.isTouched) return
    account.isTouched = true
    this.#rates.push(account)
  }

  /** Takes what the next report should say. */
  take(nowMs: number, isAlone: boolean): Reported {
    const budgets = this.#budgets.splice(0, mostPerReport)
    const rates = isAlone ? this.#takeShown(nowMs) : this.#rates.splice(0, mostPerReport)
    for (const account of budgets) account.isTouched = false
    for (const account of rates) account.isTouched = false
    return {
      budgets,
      rates,
      said: {
        budgets: budgets.map((account) => account.report(nowMs)),
        rates: rates.map((account) => account.report(nowMs)),
      },
    }
  }

  /** Hands the answer to the accounts. */
  apply({ budgets, rates }: Reported, answer: LimitAnswer, nowMs: number): void {
    budgets.forEach((account, index) => {
      const said = answer.budgets[index]
      if (said !== undefined) account.onAnswer(said, nowMs)
      this.#noteHolder(account)
    })
    rates.forEach((account, index) => {
      const said = answer.rates[index]
      if (said !== undefined) account.onAnswer(said, nowMs)
      this.#noteHolder(account)
    })
  }

  /** Something is held that another process may come to wait for. */
  get holdsBudgets(): boolean {
    return this.#budgetHolders > 0
  }

  /** Calls of other processes wait for these. */
  giveBack(wanted: readonly WantedBudget[], nowMs: number): void {
    if (wanted.length === 0) return
    const keys = new Set(wanted.map(budgetKey))
    for (const holder of this.#holders) {
      if (holder instanceof BudgetAccount && keys.has(budgetKey(holder.key))) holder.giveBack(nowMs)
    }
  }

  /** Whoever holds more than it needs and has no calls says so with the next report: others may wait for it. */
  touchIdleHolders(nowMs: number): void {
    for (let looked = 0; looked < mostLookedAt; looked++) {
      this.#look ??= this.#holders.values()
      const next = this.#look.next()
      if (next.done === true) {
        this.#look = undefined
        return
      }
      const holder = next.value
      if (!holder.holdsTooMuch(nowMs)) continue
      if (holder instanceof BudgetAccount) this.touchBudget(holder)
      else this.touchRate(holder)
    }
  }

  /** Control did not take it: it is told again. */
  takeBack({ budgets }: Reported): void {
    for (const account of budgets) {
      account.onRefused()
      this.touchBudget(account)
    }
  }

  /** What is spent and in no report yet. */
  unreported(): BudgetReport[] {
    return this.#budgets.flatMap((account) => account.unreported() ?? [])
  }

  /** The journal has what {@link unreported} gave, and will deliver it. */
  forgetUnreported(): void {
    for (const account of this.#budgets) {
      account.isTouched = false
      account.forgetUnreported()
    }
    this.#budgets = []
  }

  #takeShown(nowMs: number): SharedAccount[] {
    if (nowMs - this.#shownAtMs < showEveryMs) return []
    this.#shownAtMs = nowMs
    const shown = this.#rates.slice(0, mostShown)
    for (const account of this.#rates) account.isTouched = false
    this.#rates = []
    return shown
  }

  #noteHolder(account: Holder): void {
    const before = this.#holders.size
    if (account.held > 0) this.#holders.add(account)
    else this.#holders.delete(account)
    if (account instanceof BudgetAccount) this.#budgetHolders += this.#holders.size - before
  }
}

function budgetKey({ project, name, subject, period }: WantedBudget): string {
  return JSON.stringify([project, name, subject, period])
}
