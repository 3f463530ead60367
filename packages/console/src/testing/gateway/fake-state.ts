import type { getGatewayState, OutputOf } from '@ratchet/contract'
import { fakeUuid } from '../fake-ids.ts'
import type { FakeSize } from '../fake-size.ts'

/** Two gateways, one of them draining; Azure's breaker is open in one. */
export function fakeState(size: FakeSize, now: Date): OutputOf<typeof getGatewayState> {
  if (size === 'empty') return { gateways: [], items: [], keys: [] }
  const process = (seed: number, name: string, isDraining: boolean, activeRequests: number) => ({
    instance: fakeUuid(seed),
    name,
    isDraining,
    activeRequests,
    reportedAt: now.toISOString(),
  })
  const after = (ms: number): string => new Date(now.getTime() + ms).toISOString()
  return {
    gateways: [process(701, 'gateway', false, 6), process(702, 'gateway-2', true, 1)],
    items: [
      {
        connection: 'azure',
        model: 'gpt-5-mini',
        state: 'open',
        gateways: { open: 1, halfOpen: 0, closed: 1 },
        inFlight: 0,
        openings: 3,
        retryAt: after(14_000),
        reason: '5 failures in a row, the last: timeout',
        since: after(-6_000),
      },
      {
        connection: 'openai',
        model: 'gpt-5-mini',
        state: 'closed',
        gateways: { open: 0, halfOpen: 0, closed: 2 },
        inFlight: 6,
        openings: 0,
      },
    ],
    keys: [{ connection: 'openai', id: fakeUuid(10), isRefused: false, readyAt: after(9_000), gateways: 1 }],
  }
}
