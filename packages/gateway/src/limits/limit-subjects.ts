import type { LimitScope } from '@ratchet/contract'

/** Whose use a call is; empty where it has none. */
export type LimitSubjects = {
  readonly project: string
  readonly environment: string
  readonly keyId: string
  readonly keyName?: string | undefined
  readonly user: string
  readonly app: string
  /** `connection/model`. */
  readonly model: string
  readonly route: string
  /** 0 to 9; calls that wait for their turn go by it. 5 when absent. */
  readonly priority?: number | undefined
}

/** What a call is expected to use, and later what it did use. */
export type CallUse = {
  readonly tokens: number
  /** 0 only for calls that cost nothing: a budget that is used up lets those pass. */
  readonly costNano: number
  /** The model has no known price: `costNano` says nothing. */
  readonly isUnpriced?: boolean
}

/** Calls without a user share one: leaving the name out must not be a way around a limit. */
const nobody = '(none)'
/** Longer names, which only a client can invent, count by their beginning. */
const longest = 300

/** Reads the header `x-ratchet-priority`; what is not a digit from 0 to 9 counts as absent. */
export function readPriority(header: string | undefined): number | undefined {
  return header !== undefined && /^\d$/.test(header) ? Number(header) : undefined
}

/** Whose use counts together under a limit; undefined when the limit does not apply to the call. */
export function subjectOf(
  scope: LimitScope,
  match: string | undefined,
  subjects: LimitSubjects,
): string | undefined {
  if (scope === 'project') return ''
  if (scope === 'key') {
    const { keyId, keyName } = subjects
    return match === undefined || match === keyId || match === keyName ? keyId : undefined
  }
  const value = scope === 'user' ? subjects.user || nobody : subjects[scope]
  if (value === '') return undefined
  if (match !== undefined && match !== value) return undefined
  return value.length > longest ? value.slice(0, longest) : value
}
