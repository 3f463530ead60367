import type { Account } from './accounts/account.ts'

const none: readonly string[] = []

/**
 * `x-ratelimit-limit-requests`, `-remaining-requests`, `-reset-requests` and the same for tokens, as OpenAI sends them,
 * flat as `writeHead` takes them. Of several limits the one with the least left is shown.
 */
export function rateHeaders(accounts: readonly Account[], nowMs: number): readonly string[] {
  let requests: Account | undefined
  let tokens: Account | undefined
  for (const account of accounts) {
    const { measure } = account.rule
    if (measure === 'requests') requests = tighter(requests, account, nowMs)
    else if (measure === 'tokens') tokens = tighter(tokens, account, nowMs)
  }
  if (requests === undefined && tokens === undefined) return none
  const headers: string[] = []
  if (requests !== undefined) addTriple(headers, requests, nowMs)
  if (tokens !== undefined) addTriple(headers, tokens, nowMs)
  return headers
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

function addTriple(headers: string[], account: Account, nowMs: number): void {
  const { limit, measure } = account.rule
  headers.push(
    `x-ratelimit-limit-${measure}`,
    String(limit),
    `x-ratelimit-remaining-${measure}`,
    String(Math.max(0, Math.floor(limit - account.used(nowMs)))),
    `x-ratelimit-reset-${measure}`,
    formatReset(account.resetMs(nowMs)),
  )
}

function tighter(one: Account | undefined, other: Account, nowMs: number): Account {
  return one !== undefined && leftOf(one, nowMs) <= leftOf(other, nowMs) ? one : other
}

function leftOf(account: Account, nowMs: number): number {
  return account.rule.limit - account.used(nowMs)
}
