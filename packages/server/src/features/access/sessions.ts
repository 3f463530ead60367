import type { Clock } from '#platform/clock.ts'
import type { MakeId } from '#platform/ids.ts'
import type { Db } from '#platform/postgres/database.ts'
import { hashSecret, makeToken } from './credential.ts'
import {
  deleteExpired,
  deleteSession,
  findSession,
  insertLink,
  insertSession,
  takeLink,
  touchSession,
  type Grant,
  type StoredSession,
} from './session-store.ts'

const linkLifeMs = 10 * 60_000
const idleLimitMs = 30 * 86_400_000
/** Coarser than each request, so that reading the console does not write to the database all the time. */
const touchEveryMs = 3_600_000

/** One-time links and the console sessions they start. Only hashes of tokens are stored. */
export type Sessions = {
  readonly createLink: (grant: Grant) => Promise<{ token: string; expiresAt: Date }>
  /** Uses a link up and starts a session, ending the one the browser had; undefined when the link is no good. */
  readonly redeemLink: (token: string, previousToken: string | undefined) => Promise<string | undefined>
  readonly find: (token: string) => Promise<StoredSession | undefined>
  readonly end: (id: string) => Promise<void>
}

/** Makes the rules of links (10 minutes, one use) and sessions (30 days without use). */
export function makeSessions(parts: { db: Db; clock: Clock; makeId: MakeId }): Sessions {
  const { db, clock, makeId } = parts
  const idleSince = (): Date => new Date(clock.now() - idleLimitMs)
  return {
    createLink: async (grant) => {
      const token = makeToken()
      const expiresAt = new Date(clock.now() + linkLifeMs)
      await deleteExpired(db, new Date(clock.now()), idleSince())
      await insertLink(db, { ...grant, tokenHash: hashSecret(token), expiresAt })
      return { token, expiresAt }
    },
    redeemLink: async (linkToken, previousToken) => {
      const at = new Date(clock.now())
      const grant = await takeLink(db, hashSecret(linkToken), at)
      if (!grant) return undefined
      if (previousToken !== undefined) await deleteSession(db, { tokenHash: hashSecret(previousToken) })
      const token = makeToken()
      await insertSession(db, { ...grant, id: makeId(), tokenHash: hashSecret(token), at })
      return token
    },
    find: async (token) => {
      const session = await findSession(db, hashSecret(token), idleSince())
      if (session && clock.now() - session.lastUsedAt.getTime() > touchEveryMs) {
        await touchSession(db, session.id, new Date(clock.now()))
      }
      return session
    },
    end: (id) => deleteSession(db, { id }),
  }
}
