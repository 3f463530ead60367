import type { ReportedCredential, ReportedTarget } from '@ratchet/contract'
import type { CredentialRings } from '../routing/health/credential-rings.ts'
import type { HealthReport } from '../routing/health/target-health.ts'

const mostTargets = 500
const mostCredentials = 500
const longestName = 400
const ranks = { open: 0, 'half-open': 1, closed: 2 } as const

/** Why the breaker of a target is as it is. */
export type BreakerNote = { readonly reason: string; readonly atMs: number }

/** Targets that are broken, rest, or are asked now; broken ones first, then the busiest. */
export function describeTargets(
  reports: readonly HealthReport[],
  notes: ReadonlyMap<string, BreakerNote>,
  nowMs: number,
): ReportedTarget[] {
  const told = reports.filter(isWorthTelling)
  if (told.length > mostTargets)
    told.sort((a, b) => ranks[a.state] - ranks[b.state] || b.inFlight - a.inFlight)
  return told.slice(0, mostTargets).map((report) => {
    const { key, state, inFlight, readyInMs, openings } = report
    const space = key.indexOf(' ')
    const note = state === 'closed' ? undefined : notes.get(key)
    return {
      project: key.slice(0, space),
      target: key.slice(space + 1),
      state,
      inFlight,
      readyInMs,
      openings,
      ...(note === undefined
        ? {}
        : { reason: note.reason.slice(0, 300), changedAgoMs: Math.max(0, nowMs - note.atMs) }),
    }
  })
}

function isWorthTelling({ key, state, inFlight, readyInMs, callsInWindow, openings }: HealthReport): boolean {
  if (key.length - key.indexOf(' ') - 1 > longestName) return false
  return state !== 'closed' || inFlight > 0 || readyInMs > 0 || callsInWindow > 0 || openings > 0
}

/** Keys that rest or were refused. */
export function describeCredentials(
  rings: ReturnType<CredentialRings<never>['describe']>,
): ReportedCredential[] {
  const resting = rings.flatMap(({ key, credentials }) => {
    const space = key.indexOf(' ')
    return credentials
      .filter(({ isRefused, readyInMs }) => isRefused || readyInMs > 0)
      .map(({ id, isRefused, readyInMs }) => ({
        project: key.slice(0, space),
        connection: key.slice(space + 1),
        id,
        isRefused,
        readyInMs,
      }))
  })
  return resting.slice(0, mostCredentials)
}
