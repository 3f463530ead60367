import type { Clock } from '../platform/clock.ts'

type KeyUsesParts = {
  readonly mark: (keyIds: readonly string[], atMs: number) => Promise<void>
  /** The same for the keys of connections that model calls were made with. */
  readonly markCredentials: (ids: readonly string[], atMs: number) => Promise<void>
  readonly clock: Pick<Clock, 'now'>
  readonly log: { warn(details: object, message: string): void }
}

const flushEveryMs = 5_000
const keyId = /^[0-9a-f]{8}-[0-9a-f-]{27}$/
// Attributes are JSON as text; nothing else of them is needed here.
const credentialId = /"credential_id":"([0-9a-f]{8}-[0-9a-f-]{27})"/

/** Learns from telemetry which keys the gateway has seen and used, and notes it in batches: "last used" may be seconds late. */
export function makeKeyUses(parts: KeyUsesParts): {
  note: (records: readonly unknown[]) => void
  stop: () => Promise<void>
} {
  let seen = new Set<string>()
  let used = new Set<string>()
  const flush = async (): Promise<void> => {
    const [keyIds, credentialIds] = [[...seen], [...used]]
    seen = new Set()
    used = new Set()
    const atMs = parts.clock.now()
    const noting = [
      ...(keyIds.length === 0 ? [] : [parts.mark(keyIds, atMs)]),
      ...(credentialIds.length === 0 ? [] : [parts.markCredentials(credentialIds, atMs)]),
    ]
    await Promise.all(noting).catch((error: unknown) =>
      parts.log.warn({ error }, 'the last use of keys was not noted'),
    )
  }
  const timer = setInterval(() => void flush(), flushEveryMs).unref()
  return {
    note: (records) => {
      for (const record of records) {
        if (typeof record !== 'object' || record === null || !('keyId' in record)) continue
        // Sessions, evaluations and operator keys call too; only stored keys have a row.
        if (typeof record.keyId === 'string' && keyId.test(record.keyId)) seen.add(record.keyId)
        if (!('attributes' in record) || typeof record.attributes !== 'string') continue
        const credential = credentialId.exec(record.attributes)?.[1]
        if (credential !== undefined) used.add(credential)
      }
    },
    stop: async () => {
      clearInterval(timer)
      await flush()
    },
  }
}
