import type { Budget, LimitScope, LimitUse, RateLimit } from '@ratchet/contract'
import { formatCompact, formatCostNano, formatPercent } from '../../../ui/numbers/format-number.ts'
import type { Tone } from '../../../ui/states/state.tsx'

/** A limit or budget of the configuration. */
export type LimitItem =
  | { readonly kind: 'limit'; readonly item: RateLimit }
  | { readonly kind: 'budget'; readonly item: Budget }

const each: Readonly<Record<LimitScope, string>> = {
  key: 'each key',
  project: 'the project',
  environment: 'each environment',
  user: 'each user',
  app: 'each app',
  model: 'each model',
  route: 'each route',
}

/** Whose use is counted: "each key", or "key website". */
export function scopeWords({ scope, match }: { scope: LimitScope; match?: string | undefined }): string {
  return match === undefined ? each[scope] : `${scope} ${match}`
}

/** What is allowed: "600 requests per min", "$400 per month, then warns". */
export function allowanceWords(limit: LimitItem): string {
  if (limit.kind === 'budget') {
    const { limitUsd, period, action } = limit.item
    return `${formatCostNano(limitUsd * 1e9)} per ${period}${action === 'warn' ? ', warns only' : ''}`
  }
  const { measure, limit: most, windowSeconds } = limit.item
  if (measure === 'concurrency') return `${formatCompact(most)} at a time`
  const amount = measure === 'cost' ? formatCostNano(most * 1e9) : `${formatCompact(most)} ${measure}`
  return `${amount} per ${windowWords(windowSeconds)}`
}

function windowWords(seconds: number): string {
  if (seconds === 60) return 'min'
  if (seconds === 3600) return 'hour'
  if (seconds === 86_400) return 'day'
  if (seconds % 3600 === 0) return `${String(seconds / 3600)} h`
  return seconds % 60 === 0 ? `${String(seconds / 60)} min` : `${String(seconds)} s`
}

/** An amount of a use in its unit. */
export function amountWords(use: LimitUse, amount: number): string {
  return use.unit === 'nano-dollars' ? formatCostNano(amount) : formatCompact(amount)
}

/** How near a use is to its limit: amber from 80 %, red when it is reached. */
export function useTone(share: number): Tone {
  return share >= 1 ? 'bad' : share >= 0.8 ? 'warn' : 'ok'
}

/** Where a budget is heading. */
export function forecastOf(use: LimitUse): { readonly tone: Tone; readonly words: string } | undefined {
  if (use.kind !== 'budget' || use.projected === undefined) return undefined
  const share = use.limit === 0 ? 1 : use.projected / use.limit
  const amount = `${formatCostNano(use.projected)}, ${formatPercent(share)}`
  return { tone: useTone(share), words: amount }
}

/** The share of the limit that is used; a limit of zero is always used up. */
export function shareOf({ used, limit }: Pick<LimitUse, 'used' | 'limit'>): number {
  return limit === 0 ? 1 : used / limit
}
