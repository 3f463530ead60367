import type { GuardRule, Guards } from './compile-guards.ts'

/** How the answer of a call is checked. */
export type OutputGuard =
  | { readonly kind: 'whole'; readonly rules: readonly GuardRule[] }
  | { readonly kind: 'stream'; readonly rules: readonly GuardRule[] }

/**
 * Answers that are not streamed are checked whole, and so are streams under a rule that buffers, or that asks a service before it lets anything by. The
 * others are checked while they pass.
 */
export function outputGuard(guards: Guards | undefined, isStream: boolean): OutputGuard | undefined {
  const rules = guards?.output
  if (rules === undefined) return undefined
  const mustBuffer = rules.some(
    ({ streaming, remote }) => streaming === 'buffer' || (remote.length > 0 && streaming !== 'observe'),
  )
  return { kind: isStream && !mustBuffer ? 'stream' : 'whole', rules }
}
