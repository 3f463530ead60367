import { z } from 'zod'
import { defineRoute } from '../define-route.ts'
import { limitScope } from '../gateway/gateway-limits.ts'
import { pageOf, pageQuery } from '../paging.ts'
import { slug, time, uuid } from '../words.ts'

const whose = {
  /** Name of the limit or budget. */
  name: z.string(),
  scope: limitScope,
  /** Whose use it is; empty for all of the project, and while nobody has used it. `(none)` are calls without a user. */
  subject: z.string(),
  /** What a person calls it: the name of a key. */
  subjectName: z.string().optional(),
}

/** How a limit or budget stands for one subject. Money is in nano-dollars. */
export const limitUse = z.object({
  kind: z.enum(['limit', 'budget']),
  ...whose,
  unit: z.enum(['requests', 'tokens', 'running', 'nano-dollars']),
  used: z.number(),
  limit: z.number(),
  windowSeconds: z.number().int().optional(),
  period: z.enum(['day', 'month']).optional(),
  /** `warn` budgets never refuse. */
  action: z.enum(['stop', 'warn']).optional(),
  /** When the budget's period ends, or the window is empty if nothing more is used. */
  resetsAt: time.optional(),
  /** Where a budget will stand at the end of its period; absent when it is too early to tell. */
  projected: z.number().optional(),
  /** `weekdays`: by what each day of the week used to cost; `rate`: as fast as so far. */
  projectedBy: z.enum(['weekdays', 'rate']).optional(),
  /** Of a budget: calls of the period whose model has no known price, which count as nothing. Absent without one. */
  unpricedCalls: z.number().int().min(1).optional(),
})
export type LimitUse = z.output<typeof limitUse>

export const listLimitUse = defineRoute({
  name: 'listLimitUse',
  method: 'GET',
  path: '/api/v1/limits/use',
  summary: 'Use of limits and budgets by subject: budgets first, then rates',
  tag: 'gateway',
  permission: 'gateway:read',
  query: pageQuery.extend({
    kind: z.enum(['limit', 'budget']).optional(),
    name: slug.optional(),
    /** Only of this kind of subject; with `subject`, of this one: the id of a key, the name of a user. */
    scope: limitScope.optional(),
    subject: z.string().max(300).optional(),
  }),
  output: pageOf(limitUse),
  errors: ['bad_request'],
  etag: true,
})

/** A budget's use crossed one of its warning shares; once per period and share. */
export const budgetEvent = z.object({
  id: uuid,
  ...whose,
  /** `2026-11-21` or `2026-11`. */
  period: z.string(),
  share: z.number(),
  spentNano: z.number(),
  limitNano: z.number(),
  at: time,
})
export type BudgetEvent = z.output<typeof budgetEvent>

export const listBudgetEvents = defineRoute({
  name: 'listBudgetEvents',
  method: 'GET',
  path: '/api/v1/budgets/events',
  summary: 'Warnings of budgets, newest first',
  tag: 'gateway',
  permission: 'gateway:read',
  query: pageQuery.extend({ name: slug.optional() }),
  output: pageOf(budgetEvent),
  etag: true,
})
