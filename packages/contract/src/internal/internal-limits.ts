import { z } from 'zod'
import { uuid } from '../words.ts'

/** Amounts are whole numbers but may be larger than an exact integer. */
const amount = z.number().min(0)
const counted = {
  project: uuid,
  /** Name of the limit or budget. */
  name: z.string().min(1).max(100),
  /** `<scope>:<whose>`, such as `user:ada`; `project:` for all of it. */
  subject: z.string().min(1).max(400),
}

/** Calendar day or month, `2026-11-21` or `2026-11`. */
const period = z.string().max(10)

/** What a gateway process did with a budget since its last report, and what it would like to hold. */
export const budgetReport = z.object({
  ...counted,
  period,
  limitNano: amount,
  warnAt: z.array(z.number()).max(10),
  /** Spent since the last report. */
  spentNano: amount,
  /** Allowance that the process keeps: not spent yet, reserved for running calls included. */
  heldNano: amount,
  /** More allowance that it would like to have, and the part of it that a waiting call needs. */
  wantNano: amount,
  needNano: amount,
})
export type BudgetReport = z.output<typeof budgetReport>

const windowPart = z.tuple([z.number().int(), amount])

/** How much of a rate or concurrency limit a process uses now. */
export const rateReport = z.object({
  ...counted,
  measure: z.enum(['requests', 'tokens', 'cost', 'concurrency']),
  /** Requests, tokens, nano-dollars or running calls. */
  limit: amount,
  window: z.enum(['sliding', 'fixed']),
  windowMs: z.number().int().min(1),
  /** Own use by part of the window. */
  parts: z.array(windowPart).max(32),
  /** Running calls, or what is reserved for them. */
  running: amount,
  held: amount,
  want: amount,
  need: amount,
})
export type RateReport = z.output<typeof rateReport>

/**
 * POST to control from every gateway process that has limits: what was used, what is wanted. `sequence` rises by one;
 * a report is repeated as it was until it is answered, and counts once however often it arrives.
 */
export const limitReport = z.object({
  instance: uuid,
  sequence: z.number().int().min(1),
  /** The process ends: it gives back what it holds. */
  isLast: z.boolean(),
  /** Written by a process that is gone and found in its data folder by the next one. */
  isLeftBehind: z.boolean(),
  budgets: z.array(budgetReport).max(5_000),
  rates: z.array(rateReport).max(5_000),
})
export type LimitReport = z.output<typeof limitReport>

const wantedBudget = z.object({ ...counted, period })
export type WantedBudget = z.output<typeof wantedBudget>

/** Answers in the order of the report. */
export const limitAnswer = z.object({
  /** Gateway processes that are alive, the one that asks included. */
  gateways: z.number().int().min(1),
  budgets: z.array(
    z.object({
      grantNano: amount,
      /** Spent by all in the period, as far as reported. */
      spentNano: amount,
      /** Neither spent nor held by anybody after the grant; may be below zero. */
      restNano: z.number(),
      heldByOthersNano: amount,
    }),
  ),
  /** Budgets that a call in another process waits for: what no running call has reserved should go back. Absent: none. */
  wanted: z.array(wantedBudget).optional(),
  rates: z.array(
    z.object({
      grant: amount,
      /** Use of the other processes by part of the window. */
      others: z.array(windowPart),
      heldByOthers: amount,
    }),
  ),
})
export type LimitAnswer = z.output<typeof limitAnswer>
export type BudgetAnswer = LimitAnswer['budgets'][number]
export type RateAnswer = LimitAnswer['rates'][number]
