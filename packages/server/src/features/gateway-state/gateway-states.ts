import {
  AppError,
  type BreakerState,
  type GatewayStateReport,
  type getGatewayState,
  type OutputOf,
  type ReportedTarget,
  type RestingKey,
  type TargetState,
} from '@ratchet/contract'
import type { z } from 'zod'
import type { Clock } from '#platform/clock.ts'

/** What gateways reported. Every question is about one project. */
export type GatewayStates = {
  /** Replaces what the process said before. */
  readonly report: (report: GatewayStateReport) => void
  /** The process of this name has ended, and may not have had the time to say so. */
  readonly forget: (name: string) => void
  /** Throws `bad_request` for a cursor that is not ours. */
  readonly get: (
    project: string,
    query: z.output<(typeof getGatewayState)['query']>,
  ) => OutputOf<typeof getGatewayState>
}

type Reported = { readonly atMs: number; readonly report: GatewayStateReport }

/** A gateway that has not reported for so long is gone; each reports every ten seconds. */
const silentMs = 30_000
const mostGateways = 100
const mostKeys = 500
const ranks: Readonly<Record<BreakerState, number>> = { open: 0, 'half-open': 1, closed: 2 }

/** Makes the feature. */
export function makeGatewayStates({ clock }: { readonly clock: Pick<Clock, 'now'> }): GatewayStates {
  const gateways = new Map<string, Reported>()
  const forgetSilent = (): void => {
    const nowMs = clock.now()
    for (const [instance, { atMs }] of gateways) if (nowMs - atMs > silentMs) gateways.delete(instance)
  }
  return {
    report: (report) => {
      forgetSilent()
      if (report.isLast) gateways.delete(report.instance)
      else if (gateways.has(report.instance) || gateways.size < mostGateways)
        gateways.set(report.instance, { atMs: clock.now(), report })
    },
    forget: (name) => {
      for (const [instance, { report }] of gateways) if (report.name === name) gateways.delete(instance)
    },
    get: (project, query) => {
      forgetSilent()
      const all = [...gateways.values()]
      const after = query.cursor === undefined ? '' : readCursor(query.cursor)
      const found = targetsOf(all, project)
        .filter(
          ({ state, connection }) =>
            (query.state === undefined || state === query.state) &&
            (query.connection === undefined || connection === query.connection),
        )
        .map((target) => ({ target, place: placeOf(target) }))
        .filter(({ place }) => place > after)
        .toSorted((a, b) => (a.place < b.place ? -1 : 1))
      const page = found.slice(0, query.limit)
      const last = page.at(-1)
      return {
        gateways: all
          .map(({ atMs, report: { name, instance, isDraining, activeRequests } }) => ({
            name,
            instance,
            isDraining,
            activeRequests,
            reportedAt: new Date(atMs).toISOString(),
          }))
          .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
        items: page.map(({ target }) => target),
        ...(found.length > page.length && last !== undefined ? { nextCursor: last.place } : {}),
        keys: keysOf(all, project).slice(0, mostKeys),
      }
    },
  }
}

/** Broken ones first, then by name. */
function placeOf({ state, connection, model }: TargetState): string {
  return `${String(ranks[state])}${connection}/${model}`
}

function readCursor(cursor: string): string {
  if (/^[0-2]/.test(cursor)) return cursor
  throw new AppError('bad_request', {
    message: `The cursor "${cursor}" is none of this list. Take "nextCursor" of the page before.`,
    details: { cursor },
  })
}

function targetsOf(gateways: readonly Reported[], project: string): TargetState[] {
  const byTarget = new Map<string, { readonly atMs: number; readonly said: ReportedTarget }[]>()
  for (const { atMs, report } of gateways) {
    for (const said of report.targets) {
      if (said.project !== project) continue
      const known = byTarget.get(said.target)
      if (known === undefined) byTarget.set(said.target, [{ atMs, said }])
      else known.push({ atMs, said })
    }
  }
  return [...byTarget].map(([name, reports]): TargetState => {
    const count = (state: BreakerState): number => reports.filter(({ said }) => said.state === state).length
    const worst = reports.reduce((a, b) => (ranks[b.said.state] < ranks[a.said.state] ? b : a))
    const waits = reports.flatMap(({ atMs, said: { state, readyInMs } }) =>
      state === 'open' || readyInMs > 0 ? [atMs + readyInMs] : [],
    )
    const slash = name.indexOf('/')
    const { reason, changedAgoMs } = worst.said
    return {
      connection: name.slice(0, Math.max(0, slash)),
      model: name.slice(slash + 1),
      state: worst.said.state,
      // A gateway that says nothing of a target would ask it.
      gateways: {
        open: count('open'),
        halfOpen: count('half-open'),
        closed: gateways.length - count('open') - count('half-open'),
      },
      inFlight: reports.reduce((sum, { said }) => sum + said.inFlight, 0),
      openings: reports.reduce((sum, { said }) => sum + said.openings, 0),
      ...(waits.length === 0 ? {} : { retryAt: new Date(Math.min(...waits)).toISOString() }),
      ...(reason === undefined ? {} : { reason }),
      ...(changedAgoMs === undefined ? {} : { since: new Date(worst.atMs - changedAgoMs).toISOString() }),
    }
  })
}

function keysOf(gateways: readonly Reported[], project: string): RestingKey[] {
  const keys = new Map<string, RestingKey>()
  for (const { atMs, report } of gateways) {
    for (const { project: owner, connection, id, isRefused, readyInMs } of report.credentials) {
      if (owner !== project) continue
      const name = `${connection} ${id}`
      const known = keys.get(name)
      const ownReady = readyInMs === 0 ? undefined : new Date(atMs + readyInMs).toISOString()
      const ready = [known?.readyAt, ownReady].filter((at) => at !== undefined).toSorted()[0]
      keys.set(name, {
        connection,
        id,
        isRefused: isRefused || (known?.isRefused ?? false),
        ...(ready === undefined ? {} : { readyAt: ready }),
        gateways: (known?.gateways ?? 0) + 1,
      })
    }
  }
  return [...keys.values()].toSorted((a, b) =>
    `${a.connection} ${a.id}` < `${b.connection} ${b.id}` ? -1 : 1,
  )
}
