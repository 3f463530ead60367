import type { Account } from './accounts/account.ts'
import type { LimitFacts } from './limit-facts.ts'

const none: readonly string[] = []

/**
 * `x-ratelimit-limit-requests`, `-remaining-requests`, `-reset-requests` and the same for tokens, as OpenAI sends them,
 * flat as `writeHead` takes them. Of several limits the one with the least left is shown.
 */
export function rateHeaders(accounts: readonly Account[], nowMs: number): readonly string[] {
  let requests: LimitFacts | undefined
  let tokens: LimitFacts | undefined
  for (const account of accounts) {
    const { measure } = account.rule
    if (measure === 'requests') requests = tighter(requests, account.facts(0, nowMs))
    else if (measure === 'tokens') tokens = tighter(tokens, account.facts(0, nowMs))
  }
  if (requests === undefined) return tokens === undefined ? none : triple('tokens', tokens)
  return tokens === undefined
    ? triple('requests', requests)
    : [...triple('requests', requests), ...triple('tokens', tokens)]
}

/** A duration as OpenAI writes it: `17ms`, `1s`, `6m0s`, `1h0m30s`. */
export function formatReset(ms: number): string {
  if (ms < 1_000) return `${Math.ceil(ms)}ms`
  const seconds = Math.ceil(ms / 1_000)
  const hours = Math.floor(seconds / 3_600)
  const minutes = Math.floor((seconds % 3_600) / 60)
  const rest = `${seconds % 60}s`
  if (hours > 0) return `${hours}h${minutes}m${rest}`
  return minutes > 0 ? `${minutes}m${rest}` : rest
}

function triple(unit: 'requests' | 'tokens', facts: LimitFacts): string[] {
  return [
    `x-ratelimit-limit-${unit}`,
    String(facts.limit),
    `x-ratelimit-remaining-${unit}`,
    String(Math.max(0, Math.floor(facts.limit - facts.used))),
    `x-ratelimit-reset-${unit}`,
    formatReset(facts.resetMs),
  ]
}

function tighter(one: LimitFacts | undefined, other: LimitFacts): LimitFacts {
  return one !== undefined && one.limit - one.used <= other.limit - other.used ? one : other
}
