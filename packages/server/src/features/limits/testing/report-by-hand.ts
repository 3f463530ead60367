import { randomUUID } from 'node:crypto'
import {
  limitReport,
  type BudgetAnswer,
  type BudgetReport,
  type LimitAnswer,
  type LimitReport,
  type RateAnswer,
  type RateReport,
} from '@ratchet/contract'
import type { Limits } from '../make-limits.ts'

export const project = '00000000-0000-4000-8000-000000000001'

type Said = Partial<Omit<LimitReport, 'budgets' | 'rates'>> & {
  readonly budgets?: readonly Partial<BudgetReport>[]
  readonly rates?: readonly Partial<RateReport>[]
}

/** A gateway process that reports by hand. */
export class ReportingProcess {
  readonly instance = randomUUID()
  readonly #limits: Limits
  #sequence = 0

  constructor(limits: Limits) {
    this.#limits = limits
  }

  make(parts: Said): LimitReport {
    this.#sequence += 1
    const { budgets = [], rates = [], ...rest } = parts
    return limitReport.parse({
      instance: this.instance,
      sequence: this.#sequence,
      isLast: false,
      isLeftBehind: false,
      ...rest,
      budgets: budgets.map((budget) => ({
        project,
        name: 'team',
        subject: 'project:',
        period: '2026-11-21',
        limitNano: 1_000_000,
        warnAt: [],
        spentNano: 0,
        heldNano: 0,
        wantNano: 0,
        needNano: 0,
        ...budget,
      })),
      rates: rates.map((rate) => ({
        project,
        name: 'calls',
        subject: 'project:',
        measure: 'requests',
        limit: 100,
        window: 'sliding',
        windowMs: 60_000,
        parts: [],
        running: 0,
        held: 0,
        want: 0,
        need: 0,
        ...rate,
      })),
    })
  }

  send(parts: Said): Promise<LimitAnswer> {
    return this.#limits.report(this.make(parts))
  }

  async spend(budget: Partial<BudgetReport>, rest: Said = {}): Promise<BudgetAnswer> {
    const [answer] = (await this.send({ ...rest, budgets: [budget] })).budgets
    if (answer === undefined) throw new Error('a budget without an answer')
    return answer
  }

  async use(rate: Partial<RateReport>): Promise<RateAnswer> {
    const [answer] = (await this.send({ rates: [rate] })).rates
    if (answer === undefined) throw new Error('a rate without an answer')
    return answer
  }
}
