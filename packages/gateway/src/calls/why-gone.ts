import type { GatewayParts } from '../gateway-parts.ts'

type Gone = {
  readonly status: 'cancelled' | 'error'
  readonly error: { readonly code: string; readonly message: string }
}

const clientGone: Gone = {
  status: 'cancelled',
  error: { code: 'client_closed', message: 'The client went away during the answer.' },
}
const gatewayGone: Gone = {
  status: 'error',
  error: {
    code: 'unavailable',
    message:
      'The gateway was stopped and cut the answer off, because it was not finished in time. Give running answers more with RATCHET_DRAIN_TIMEOUT_MS.',
  },
}

/** For the span of a call whose connection closed before the answer ended: the client went away, or we did. */
export function whyGone({ stopping }: Pick<GatewayParts, 'stopping'>): Gone {
  return stopping.isLate ? gatewayGone : clientGone
}
