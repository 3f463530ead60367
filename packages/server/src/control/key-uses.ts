import type { Clock } from '../platform/clock.ts'

type KeyUsesParts = {
  readonly mark: (keyIds: readonly string[], atMs: number) => Promise<void>
  readonly clock: Pick<Clock, 'now'>
  readonly log: { warn(details: object, message: string): void }
}

const flushEveryMs = 5_000
const keyId = /^[0-9a-f]{8}-[0-9a-f-]{27}$/

/** Learns from telemetry which keys the gateway has seen, and notes it in batches: "last used" may be seconds late. */
export function makeKeyUses(parts: KeyUsesParts): {
  note: (records: readonly unknown[]) => void
  stop: () => Promise<void>
} {
  let seen = new Set<string>()
  const flush = async (): Promise<void> => {
    if (seen.size === 0) return
    const keyIds = [...seen]
    seen = new Set()
    await parts
      .mark(keyIds, parts.clock.now())
      .catch((error: unknown) => parts.log.warn({ error }, 'the last use of keys was not noted'))
  }
  const timer = setInterval(() => void flush(), flushEveryMs).unref()
  return {
    note: (records) => {
      for (const record of records) {
        if (typeof record !== 'object' || record === null || !('keyId' in record)) continue
        // Sessions, evaluations and operator keys call too; only stored keys have a row.
        if (typeof record.keyId === 'string' && keyId.test(record.keyId)) seen.add(record.keyId)
      }
    },
    stop: async () => {
      clearInterval(timer)
      await flush()
    },
  }
}
