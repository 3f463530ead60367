import type { GatewayConfig, RateLimit } from '@ratchet/contract'
import type { Db, Queries } from '#platform/postgres/database.ts'
import type { RateBoard } from '../rate-board.ts'
import { nanoOf } from '../use-rows.ts'
import { subjectOf, type Charge } from './charge.ts'

type ChargeRatesParts = {
  readonly db: Db
  readonly board: RateBoard
  readonly configOf: (project: string) => Promise<Pick<GatewayConfig, 'limits'>>
}

/** What is charged to limits of cost, which live in memory; the longest window can be filled again after a restart. */
export type ChargeRates = {
  readonly charge: (charge: Charge, nowMs: number) => Promise<void>
  /** Counts what was charged before this process began. */
  readonly restore: (nowMs: number) => Promise<void>
}

const longestWindowMs = 86_400_000

/** Counts charges in the windows of limits of cost, spread over the time in which they arose. */
export function makeChargeRates({ db, board, configOf }: ChargeRatesParts): ChargeRates {
  /** What the board has, with the end of its work. */
  const counted = new Map<string, number>()

  const count = (charge: Charge, limits: readonly RateLimit[], nowMs: number): void => {
    const key = `${charge.project} ${charge.id}`
    if (counted.has(key)) return
    for (const [other, toMs] of counted) if (toMs < nowMs - longestWindowMs) counted.delete(other)
    counted.set(key, charge.toMs)
    for (const limit of limits) countIn(board, { limit, charge, nowMs })
  }

  return {
    charge: async (charge, nowMs) => {
      const limits = (await configOf(charge.project)).limits.filter(
        (limit) => limit.measure === 'cost' && subjectOf(limit, charge) !== undefined,
      )
      if (limits.length === 0 || charge.toMs < nowMs - longestWindowMs) return
      await saveCharge(db, charge)
      count(charge, limits, nowMs)
    },
    restore: async (nowMs) => {
      for (const charge of await readCharges(db, new Date(nowMs - longestWindowMs)))
        count(charge, (await configOf(charge.project)).limits, nowMs)
    },
  }
}

function countIn(
  board: RateBoard,
  { limit, charge, nowMs }: { readonly limit: RateLimit; readonly charge: Charge; readonly nowMs: number },
): void {
  const subject = subjectOf(limit, charge)
  if (limit.measure !== 'cost' || subject === undefined) return
  const { name, scope, window, windowSeconds } = limit
  const account = {
    project: charge.project,
    name,
    subject: `${scope}:${subject}`,
    measure: limit.measure,
    limit: nanoOf(limit.limit),
    window,
    windowMs: windowSeconds * 1000,
  }
  board.addCharge(account, charge, nowMs)
}

async function saveCharge(queries: Queries, charge: Charge): Promise<void> {
  await queries
    .insertInto('limit_charges')
    .values({
      project_id: charge.project,
      id: charge.id,
      charge: JSON.stringify(charge),
      ended_at: new Date(charge.toMs),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

async function readCharges(queries: Queries, endedAfter: Date): Promise<readonly Charge[]> {
  const rows = await queries
    .selectFrom('limit_charges')
    .select('charge')
    .where('ended_at', '>', endedAfter)
    .execute()
  return rows.map(({ charge }) => charge)
}
