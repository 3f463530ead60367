import type { getGatewayState, OutputOf } from '@ratchet/contract'
import type { Tone } from '../../../ui/states/state.tsx'

export type GatewayState = OutputOf<typeof getGatewayState>

/** The circuit breaker of a target over all gateways: the worst counts. */
export type TargetBreaker = {
  readonly tone: Tone
  readonly words: string
  /** When the first gateway asks it again; undefined when all do. */
  readonly retryAt: string | undefined
  /** Why, for the tooltip; empty when there is nothing to say. */
  readonly reason: string
  readonly isClosed: boolean
}

const tones = { open: 'bad', 'half-open': 'warn', closed: 'ok' } as const

/** Undefined while nothing is known: no gateway has reported. */
export function breakerOf(state: GatewayState | undefined, model: string): TargetBreaker | undefined {
  if (state === undefined || state.gateways.length === 0) return undefined
  const target = state.items.find((one) => `${one.connection}/${one.model}` === model)
  if (target === undefined)
    return { tone: 'ok', words: 'closed', retryAt: undefined, reason: '', isClosed: true }
  const { open, halfOpen } = target.gateways
  const count = target.state === 'open' ? open : halfOpen
  const isClosed = target.state === 'closed'
  const of =
    isClosed || state.gateways.length < 2 ? '' : ` on ${String(count)} of ${String(state.gateways.length)}`
  return {
    tone: tones[target.state],
    words: `${target.state}${of}`,
    retryAt: isClosed ? undefined : target.retryAt,
    reason: target.reason ?? '',
    isClosed,
  }
}
