import {
  AppError,
  type CacheForgetting,
  type CachePolicy,
  type CacheReport,
  type clearGatewayCache,
  type getGatewayCache,
  type OutputOf,
  type Snapshot,
} from '@ratchet/contract'
import { suggestNames } from '@ratchet/core/graph'
import type { z } from 'zod'
import type { Clock } from '#platform/clock.ts'
import type { Actor } from '#platform/http/actor.ts'
import type { MakeId } from '#platform/ids.ts'
import type { Db } from '#platform/postgres/database.ts'
import { dropOldForgets, insertForget, listForSnapshot, listLatest, showForget } from './forget-store.ts'
import { HeldBoard } from './held-board.ts'
import { showUse } from './show-use.ts'
import { addReport, forgetReporters, listDays, listUsedPolicies } from './use-store.ts'

export type GatewayCacheParts = {
  readonly db: Db
  readonly clock: Pick<Clock, 'now'>
  readonly makeId: MakeId
  /** Cache policies in force. */
  readonly policiesOf: (project: string) => Promise<readonly CachePolicy[]>
}

/** What gateways kept, gave again and are to forget. */
export type GatewayCache = {
  /** Counts what a gateway process says; the same report again counts nothing. */
  readonly report: (report: CacheReport) => Promise<void>
  readonly get: (project: string, days: number) => Promise<OutputOf<typeof getGatewayCache>>
  /** Has gateways forget answers. Throws `not_found` for a policy that never was. */
  readonly clear: (
    actor: Actor,
    filter: z.output<(typeof clearGatewayCache)['query']>,
  ) => Promise<CacheForgetting>
  readonly forgetsForSnapshot: () => Promise<Pick<Snapshot, 'cacheForgets' | 'cacheForgetsSinceMs'>>
  /** Calls the listener after a change that gateways must know. */
  readonly onChange: (listener: () => void) => void
}

const dayMs = 86_400_000
const shownForgets = 20
const tidyEveryMs = 3_600_000
const reporterMs = 30 * dayMs

/** Makes the feature. */
export function makeGatewayCache(parts: GatewayCacheParts): GatewayCache {
  const { db, clock } = parts
  const board = new HeldBoard()
  const listeners: (() => void)[] = []
  let tidiedMs = 0

  const tidy = async (nowMs: number): Promise<void> => {
    if (nowMs - tidiedMs < tidyEveryMs) return
    tidiedMs = nowMs
    await forgetReporters(db, new Date(nowMs - reporterMs))
    await dropOldForgets(db, nowMs)
  }

  return {
    report: async (report) => {
      const nowMs = clock.now()
      await addReport(db, report, new Date(nowMs))
      board.note(report, nowMs)
      await tidy(nowMs)
    },
    get: async (project, days) => {
      const nowMs = clock.now()
      const firstDay = new Date(nowMs - (days - 1) * dayMs).toISOString().slice(0, 10)
      const [rows, policies, forgettings] = await Promise.all([
        listDays(db, project, firstDay),
        parts.policiesOf(project),
        listLatest(db, project, shownForgets),
      ])
      const shown = showUse(rows, { policies, held: board.heldOf(project, nowMs) })
      return { days, gateways: board.gateways(nowMs), ...shown, forgettings }
    },
    clear: async (actor, filter) => {
      const { project, name: author } = actor
      if (filter.policy !== undefined) await requirePolicy(parts, project, filter.policy)
      const forget = { ...filter, project, id: parts.makeId(), author, beforeMs: clock.now() }
      await insertForget(db, forget)
      listeners.forEach((listener) => listener())
      return showForget(forget)
    },
    forgetsForSnapshot: () => listForSnapshot(db, clock.now()),
    onChange: (listener) => void listeners.push(listener),
  }
}

/** A name with a slip would forget nothing, and nobody would notice. */
async function requirePolicy(
  { db, policiesOf }: GatewayCacheParts,
  project: string,
  policy: string,
): Promise<void> {
  const names = new Set([
    ...(await policiesOf(project)).map(({ name }) => name),
    ...(await listUsedPolicies(db, project)),
  ])
  if (names.has(policy)) return
  const known = names.size === 0 ? 'None is configured.' : `There are: ${[...names].join(', ')}.`
  throw new AppError('not_found', {
    message: `No cache policy "${policy}". ${suggestNames(policy, [...names]) || known}`,
    details: { policy },
  })
}
