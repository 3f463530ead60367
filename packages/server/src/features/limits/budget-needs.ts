import type { BudgetReport, WantedBudget } from '@ratchet/contract'

/** A process whose call waits asks again within milliseconds; one that fell silent does not wait any more. */
const staleMs = 1_000

/**
 * Accounts where a process waits for more than is left, because others hold it without a call of their own. Whoever waits
 * longest goes first: pieces that are too small for everybody would help nobody. In memory: whoever waits asks again.
 */
export class BudgetNeeds {
  readonly #accounts = new Map<
    string,
    { readonly key: WantedBudget; readonly waiting: Map<string, number> }
  >()

  /** What the answer to a report left open. */
  note(report: BudgetReport, parts: { instance: string; isUnmet: boolean; nowMs: number }): void {
    const text = keyText(report)
    const { instance, isUnmet, nowMs } = parts
    const known = this.#accounts.get(text)
    if (!isUnmet) {
      known?.waiting.delete(instance)
      if (known?.waiting.size === 0) this.#accounts.delete(text)
    } else if (known === undefined) {
      this.#accounts.set(text, { key: keyOf(report), waiting: new Map([[instance, nowMs]]) })
    } else known.waiting.set(instance, nowMs)
  }

  /** Another process waits longer for the same account. */
  isBehind(report: BudgetReport, instance: string, nowMs: number): boolean {
    const first = this.#first(keyText(report), nowMs)
    return first !== undefined && first !== instance
  }

  /** Accounts that the process should hold no more of than its running calls have reserved. */
  wantedFrom(instance: string, nowMs: number): WantedBudget[] {
    const wanted: WantedBudget[] = []
    for (const [text, { key }] of this.#accounts) {
      const first = this.#first(text, nowMs)
      if (first !== undefined && first !== instance) wanted.push(key)
    }
    return wanted
  }

  #first(text: string, nowMs: number): string | undefined {
    const account = this.#accounts.get(text)
    if (account === undefined) return undefined
    for (const [instance, seenMs] of account.waiting) {
      if (Math.abs(nowMs - seenMs) <= staleMs) return instance
      account.waiting.delete(instance)
    }
    this.#accounts.delete(text)
    return undefined
  }
}

function keyOf({ project, name, subject, period }: BudgetReport): WantedBudget {
  return { project, name, subject, period }
}

function keyText(report: BudgetReport): string {
  return JSON.stringify(Object.values(keyOf(report)))
}
