import { AppError, type ApiKey, type createKey, type Page, type SnapshotKey } from '@ratchet/contract'
import type { z } from 'zod'
import type { Clock } from '#platform/clock.ts'
import type { Actor } from '#platform/http/actor.ts'
import type { MakeId } from '#platform/ids.ts'
import type { Db } from '#platform/postgres/database.ts'
import { makeKeyText, hashSecret } from './credential.ts'
import {
  insertKey,
  listKeyPage,
  listLiveKeys,
  listRevokedPublicIds,
  type KeyQuery,
  markRevoked,
  type StoredKey,
} from './key-store.ts'
import type { Projects } from './projects.ts'
import { requireEnvironment } from './require-environment.ts'

/** Enough to tell a caller "revoked" rather than "unknown" long after it happened. */
const revokedLimit = 10_000

/** API keys of a project: made, listed, revoked. */
export type Keys = {
  /** The secret is in this answer only. Scopes must be held by the creator, and the environment open to it. */
  readonly create: (
    actor: Actor,
    request: z.output<(typeof createKey)['body']>,
  ) => Promise<{ key: ApiKey; secret: string }>
  readonly list: (project: string, query: KeyQuery) => Promise<Page<ApiKey>>
  readonly revoke: (project: string, id: string) => Promise<ApiKey>
  readonly forSnapshot: () => Promise<{ keys: SnapshotKey[]; revokedPublicIds: string[] }>
}

/** Makes the rules of API keys over the database; `changed` is called after each write. */
export function makeKeys(parts: {
  db: Db
  clock: Clock
  makeId: MakeId
  projects: Projects
  changed: () => void
}): Keys {
  const { db, clock, makeId, projects, changed } = parts
  return {
    create: async (actor, request) => {
      requireHeld(actor, request.scopes)
      await projects.requireEnvironment(actor.project, request.environment)
      requireEnvironment(actor, request.environment)
      const expiresAt = expiryOf(request.expiresAt, clock.now())
      const { text, publicId, secret } = makeKeyText()
      const key: StoredKey = {
        id: makeId(),
        project: actor.project,
        publicId,
        secretHash: hashSecret(secret),
        name: request.name,
        environment: request.environment,
        scopes: [...new Set(request.scopes)],
        createdBy: actor.name,
        createdAt: new Date(clock.now()),
        expiresAt,
        lastUsedAt: null,
        revokedAt: null,
      }
      await insertKey(db, key)
      changed()
      return { key: showKey(key, clock.now()), secret: text }
    },
    list: async (project, page) => {
      const rows = await listKeyPage(db, project, page)
      return { ...rows, items: rows.items.map((key) => showKey(key, clock.now())) }
    },
    revoke: async (project, id) => {
      const key = await markRevoked(db, project, id, new Date(clock.now()))
      if (!key) {
        throw new AppError('not_found', {
          message: `There is no API key with the id "${id}" in this project. List them with: ratchet keys list`,
          details: { id },
        })
      }
      changed()
      return showKey(key, clock.now())
    },
    forSnapshot: async () => {
      const [keys, revokedPublicIds] = await Promise.all([
        listLiveKeys(db, new Date(clock.now())),
        listRevokedPublicIds(db, revokedLimit),
      ])
      return { keys: keys.map(snapshotKeyOf), revokedPublicIds }
    },
  }
}

function requireHeld(
  actor: Actor,
  scopes: readonly z.output<typeof createKey.body>['scopes'][number][],
): void {
  const missing = scopes.filter((scope) => !actor.permissions.has(scope))
  if (missing.length === 0) return
  throw new AppError('forbidden', {
    message: `A key cannot have more than its creator: "${actor.name}" does not hold ${missing.join(', ')}. Leave these scopes out.`,
    details: { missing, held: [...actor.permissions] },
  })
}

function expiryOf(text: string | undefined, nowMs: number): Date | null {
  if (text === undefined) return null
  const expiresAt = new Date(text)
  if (expiresAt.getTime() > nowMs) return expiresAt
  throw new AppError('validation_failed', {
    message: `Invalid body: "expiresAt": ${text} has passed. Give a time in the future, or leave it out for a key without expiry.`,
    details: { issues: [{ field: 'expiresAt', problem: 'is in the past' }] },
  })
}

function showKey(key: StoredKey, nowMs: number): ApiKey {
  const isExpired = key.expiresAt !== null && key.expiresAt.getTime() <= nowMs
  return {
    id: key.id,
    name: key.name,
    preview: `rk_${key.publicId}_…`,
    environment: key.environment,
    scopes: [...key.scopes],
    createdBy: key.createdBy,
    createdAt: key.createdAt.toISOString(),
    ...(key.expiresAt ? { expiresAt: key.expiresAt.toISOString() } : {}),
    ...(key.lastUsedAt ? { lastUsedAt: key.lastUsedAt.toISOString() } : {}),
    ...(key.revokedAt ? { revokedAt: key.revokedAt.toISOString() } : {}),
    state: key.revokedAt ? 'revoked' : isExpired ? 'expired' : 'active',
  }
}

function snapshotKeyOf(key: StoredKey): SnapshotKey {
  return {
    id: key.id,
    name: key.name,
    publicId: key.publicId,
    secretHash: key.secretHash,
    project: key.project,
    environment: key.environment,
    anyEnvironment: false,
    scopes: [...key.scopes],
    ...(key.expiresAt ? { expiresAtMs: key.expiresAt.getTime() } : {}),
  }
}
