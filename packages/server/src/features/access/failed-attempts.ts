import { AppError } from '@ratchet/contract'
import type { Clock } from '#platform/clock.ts'

const windowMs = 60_000
const mostFailures = 200
const mostAddresses = 10_000
const mostKnown = 10_000

/**
 * Counts failed sign-ins per address and minute. Secrets have 256 bits and cannot be guessed;
 * this keeps an attempt from costing us database work and from drowning the log.
 */
export type FailedAttempts = {
  /** Throws `rate_limited` when the address failed too often; credentials that worked before always pass. */
  readonly check: (address: string, credentialHash: string) => void
  readonly failed: (address: string) => void
  readonly succeeded: (credentialHash: string) => void
}

/** Makes a counter in memory; bounded, and forgotten when the process ends. */
export function makeFailedAttempts(clock: Pick<Clock, 'now'>): FailedAttempts {
  const failures = new Map<string, { count: number; sinceMs: number }>()
  const known = new Set<string>()
  const entryOf = (address: string): { count: number; sinceMs: number } | undefined => {
    const entry = failures.get(address)
    return entry && clock.now() - entry.sinceMs < windowMs ? entry : undefined
  }
  return {
    check: (address, credentialHash) => {
      const entry = entryOf(networkOf(address))
      if (!entry || entry.count < mostFailures || known.has(credentialHash)) return
      const retryAfterSeconds = Math.ceil((entry.sinceMs + windowMs - clock.now()) / 1000)
      throw new AppError('rate_limited', {
        message: `Too many failed sign-ins from ${address}. Try again in ${retryAfterSeconds} s.`,
        details: { retryAfterSeconds },
      })
    },
    failed: (address) => {
      const network = networkOf(address)
      const entry = entryOf(network)
      if (entry) entry.count += 1
      else {
        failures.delete(network)
        failures.set(network, { count: 1, sinceMs: clock.now() })
        dropOldest(failures, mostAddresses)
      }
    },
    succeeded: (credentialHash) => {
      if (known.has(credentialHash)) return
      known.add(credentialHash)
      dropOldest(known, mostKnown)
    },
  }
}

/** One caller owns a whole /64 of IPv6 addresses. */
function networkOf(address: string): string {
  return address.includes(':') && !address.includes('.') ? address.split(':').slice(0, 4).join(':') : address
}

function dropOldest(entries: Map<string, unknown> | Set<string>, limit: number): void {
  if (entries.size <= limit) return
  const oldest = entries.keys().next().value
  if (oldest !== undefined) entries.delete(oldest)
}
