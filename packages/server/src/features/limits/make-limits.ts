import type {
  BudgetEvent,
  BudgetReport,
  GatewayConfig,
  LimitAnswer,
  LimitReport,
  listBudgetEvents,
  listLimitUse,
  LimitUse,
  Page,
} from '@ratchet/contract'
import type { z } from 'zod'
import type { Clock } from '#platform/clock.ts'
import type { MakeId } from '#platform/ids.ts'
import type { Db } from '#platform/postgres/database.ts'
import { listEventPage, type StoredEvent } from './budget-events.ts'
import { BudgetNeeds } from './budget-needs.ts'
import { chargeReport } from './charges/charge-budgets.ts'
import { makeChargeRates } from './charges/charge-rates.ts'
import type { Charge } from './charges/charge.ts'
import { expireLeases, forgetOld, silentMs } from './expire-leases.ts'
import { noteAlive } from './ledger-store.ts'
import { listUse } from './list-use.ts'
import { LiveGateways } from './live-gateways.ts'
import { RateBoard } from './rate-board.ts'
import { settleReport } from './settle-report.ts'
import type { SpanSpend } from './span-spend.ts'
import { readSubject, showSubject, subjectName } from './subject.ts'
import type { UnpricedCalls } from './unpriced-calls.ts'

export type LimitsParts = {
  readonly db: Db
  readonly clock: Pick<Clock, 'now'>
  readonly makeId: MakeId
  readonly spanSpend: SpanSpend
  readonly unpricedCalls: UnpricedCalls
  /** The limits and budgets in force, for those nobody has used yet. */
  readonly configOf: (project: string) => Promise<Pick<GatewayConfig, 'limits' | 'budgets'>>
  /** Names of keys by id. */
  readonly keyNames: (project: string, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>
  readonly log: { warn(details: object, message: string): void; info(details: object, message: string): void }
}

/** What gateways share about limits, and how limits stand. */
export type Limits = {
  /** Enters a report of a gateway process and says what it may use. */
  readonly report: (report: LimitReport) => Promise<LimitAnswer>
  readonly listUse: (
    project: string,
    query: z.output<(typeof listLimitUse)['query']>,
  ) => Promise<Page<LimitUse>>
  readonly listEvents: (
    project: string,
    query: z.output<(typeof listBudgetEvents)['query']>,
  ) => Promise<Page<BudgetEvent>>
  /** Puts money that was spent outside of any call on the budgets and limits it counts for; the same charge counts once. */
  readonly charge: (charge: Omit<Charge, 'keyName'>) => Promise<void>
  /** Ends leases of processes that fell silent. Runs by itself after {@link Limits.start}. */
  readonly sweep: () => Promise<number>
  readonly start: () => void
  readonly stop: () => Promise<void>
}

const sweepEveryMs = 5_000
const forgetEveryMs = 3_600_000
const noteEveryMs = 5_000

/** Makes the limits feature. */
export function makeLimits(parts: LimitsParts): Limits {
  const { db, clock, log } = parts
  const live = new LiveGateways()
  const board = new RateBoard()
  const needs = new BudgetNeeds()
  const chargeRates = makeChargeRates({ db, board, configOf: parts.configOf })
  const notedMs = new Map<string, number>()
  const startedMs = clock.now()
  let timer: NodeJS.Timeout | undefined
  let sweeping: Promise<unknown> = Promise.resolve()
  let forgotMs = 0

  const sweep = async (): Promise<number> => {
    const nowMs = clock.now()
    board.sweep(nowMs)
    // After a pause of ours everybody looks silent: first they get the time to speak.
    if (nowMs - startedMs < silentMs) return 0
    const onProblem = (error: unknown): void => log.warn({ error }, 'spans could not tell what was spent')
    const alive = live.alive(nowMs)
    const ended = await expireLeases({ db, spanSpend: parts.spanSpend, nowMs, alive, onProblem })
    if (ended > 0) log.info({ leases: ended }, 'what silent gateways held was settled')
    if (nowMs - forgotMs > forgetEveryMs) {
      forgotMs = nowMs
      await forgetOld(db, nowMs)
    }
    return ended
  }

  return {
    report: async (report) => {
      const nowMs = clock.now()
      const { instance } = report
      if (!report.isLeftBehind) live.note(instance, nowMs)
      const alive = live.alive(nowMs)
      const gateways = Math.max(1, alive.size)
      const rates = report.rates.map((rate) => board.report(rate, { instance, alive, nowMs }))
      let budgets: LimitAnswer['budgets'] = []
      if (report.budgets.length > 0 || report.isLast) {
        const isBehind = (budget: BudgetReport): boolean => needs.isBehind(budget, instance, nowMs)
        budgets = await settleReport(report, { db, makeId: parts.makeId, nowMs, gateways, isBehind })
        report.budgets.forEach((budget, index) => {
          const isUnmet = budget.needNano > (budgets[index]?.grantNano ?? 0)
          needs.note(budget, { instance, isUnmet, nowMs: clock.now() })
        })
        notedMs.set(instance, nowMs)
      } else if (notedMs.has(instance) && nowMs - (notedMs.get(instance) ?? 0) > noteEveryMs) {
        notedMs.set(instance, nowMs)
        await noteAlive(db, instance, new Date(nowMs))
      }
      if (report.isLast) {
        live.forget(instance)
        board.leave(instance)
        notedMs.delete(instance)
      }
      return { gateways, budgets, rates, wanted: needs.wantedFrom(instance, nowMs) }
    },
    listUse: (project, query) => {
      const nowMs = clock.now()
      const rates = board.list(project, live.alive(nowMs), nowMs)
      return listUse({ ...parts, nowMs, rates }, project, query)
    },
    listEvents: async (project, { name, ...page }) => {
      const rows = await listEventPage(db, project, { budget: name }, page)
      const ids = rows.items.flatMap((event) => {
        const { scope, value } = readSubject(event.subject)
        return scope === 'key' ? [value] : []
      })
      const names = await parts.keyNames(project, [...new Set(ids)])
      return { ...rows, items: rows.items.map((event) => showEvent(event, names)) }
    },
    charge: async (given) => {
      const { limits, budgets } = await parts.configOf(given.project)
      const needsName = [...limits, ...budgets].some(
        ({ scope, match }) => scope === 'key' && match !== undefined,
      )
      const names = needsName ? await parts.keyNames(given.project, [given.keyId]) : undefined
      const charge = { ...given, keyName: names?.get(given.keyId) }
      const nowMs = clock.now()
      await chargeRates.charge(charge, nowMs)
      const report = chargeReport(budgets, charge, nowMs)
      if (report.budgets.length > 0)
        await settleReport(report, { db, makeId: parts.makeId, nowMs, gateways: 1, isBehind: () => false })
    },
    sweep,
    start: () => {
      if (timer === undefined)
        chargeRates
          .restore(clock.now())
          .catch((error: unknown) => log.warn({ error }, 'limits of cost do not count batches of earlier'))
      timer ??= setInterval(() => {
        sweeping = sweep().catch((error: unknown) =>
          log.warn({ error }, 'leases of silent gateways were not settled; trying again'),
        )
      }, sweepEveryMs).unref()
    },
    stop: async () => {
      clearInterval(timer)
      await sweeping
    },
  }
}

function showEvent(event: StoredEvent, names: ReadonlyMap<string, string>): BudgetEvent {
  const whose = showSubject(event.subject)
  return {
    id: event.id,
    name: event.budget,
    ...whose,
    ...subjectName(whose.scope, whose.subject, names),
    period: event.period,
    share: event.share,
    spentNano: event.spentNano,
    limitNano: event.limitNano,
    at: event.at.toISOString(),
  }
}
