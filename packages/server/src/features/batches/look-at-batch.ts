import { AppError, type InvocationClaims } from '@ratchet/contract'
import type { Clock } from '#platform/clock.ts'
import type { DueBatch } from './batch-store.ts'

export type LookParts = {
  readonly gatewayUrl: string
  readonly signToken: (claims: InvocationClaims) => string
  readonly clock: Pick<Clock, 'now'>
}

const timeoutMs = 30_000

/** Fetches a batch like any client would; the gateway accounts for it when it has ended. Throws when nobody answers. */
export function makeLookAtBatch({ gatewayUrl, signToken, clock }: LookParts) {
  return async ({ project, environment, clientId }: DueBatch): Promise<void> => {
    const expiresAtMs = clock.now() + 2 * timeoutMs
    const token = signToken({ project, environment, keyId: 'batches', releaseDigest: '', expiresAtMs })
    const response = await fetch(`${gatewayUrl}/v1/batches/${encodeURIComponent(clientId)}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(timeoutMs),
    })
    const text = await response.text()
    if (response.ok) return
    throw new AppError('provider_error', {
      message: `The gateway answered ${response.status} for batch "${clientId}": ${text.slice(0, 200)}`,
    })
  }
}
