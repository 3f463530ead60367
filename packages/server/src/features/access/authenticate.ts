import { AppError, parseKey, permissions } from '@ratchet/contract'
import type { Clock } from '#platform/clock.ts'
import { makeActor, type Actor } from '#platform/http/actor.ts'
import type { Db } from '#platform/postgres/database.ts'
import { hashSecret, matchesHash, noSuchHash } from './credential.ts'
import type { FailedAttempts } from './failed-attempts.ts'
import { findKeyByPublicId, markUsed, type StoredKey } from './key-store.ts'
import type { OperatorKey } from './operator-keys.ts'
import type { Projects } from './projects.ts'
import { readSessionCookie, type CookieSetting } from './session-cookie.ts'
import type { Sessions } from './sessions.ts'

const touchEveryMs = 60_000

export type AuthenticateParts = {
  readonly db: Db
  readonly clock: Clock
  readonly projects: Projects
  readonly sessions: Sessions
  readonly operatorKeys: readonly OperatorKey[]
  readonly attempts: FailedAttempts
  readonly cookie: CookieSetting
  readonly addressOf: (request: Request) => string
}

/** Who is calling, and whether they operate the installation (and so may enter and create every project). */
export type Caller = { readonly actor: Actor; readonly isOperator: boolean }

/** Makes the check of credentials: `Authorization: Bearer rk_…`, else the session cookie. */
export function makeAuthenticate(parts: AuthenticateParts): (request: Request) => Promise<Caller> {
  return async (request) => {
    const authorization = request.headers.get('authorization')
    const credential = authorization ?? readSessionCookie(request, parts.cookie)
    if (credential === undefined) throw noCredential()
    const address = parts.addressOf(request)
    const credentialHash = hashSecret(credential)
    parts.attempts.check(address, credentialHash)
    const caller =
      authorization === null
        ? await bySession(parts, request, credential)
        : await byKey(parts, request, authorization)
    if (caller instanceof AppError) {
      parts.attempts.failed(address)
      throw caller
    }
    parts.attempts.succeeded(credentialHash)
    return caller
  }
}

async function byKey(
  parts: AuthenticateParts,
  request: Request,
  authorization: string,
): Promise<Caller | AppError> {
  const text = /^Bearer\s+(\S+)$/i.exec(authorization.trim())?.[1]
  const key = text === undefined ? undefined : parseKey(text)
  if (!key) {
    return refused(
      'The Authorization header does not hold a Ratchet key. Send "Authorization: Bearer rk_<public>_<secret>".',
    )
  }
  const operator = parts.operatorKeys.find((each) => each.publicId === key.publicId)
  const stored = operator ? undefined : await findKeyByPublicId(parts.db, key.publicId)
  // An unknown key costs the same comparison, so that the time says nothing about which keys exist.
  if (!matchesHash(key.secret, operator?.secretHash ?? stored?.secretHash ?? noSuchHash)) {
    return refused(
      `The key "rk_${key.publicId}_…" is unknown or its secret is wrong. List keys with: ratchet keys list`,
    )
  }
  if (operator)
    return operatorCaller(parts, request, { kind: 'key', id: operator.id, name: operator.name, permissions })
  return stored ? keyCaller(parts, request, stored) : noCredential()
}

async function keyCaller(
  parts: AuthenticateParts,
  request: Request,
  key: StoredKey,
): Promise<Caller | AppError> {
  const nowMs = parts.clock.now()
  if (key.revokedAt) {
    return new AppError('key_revoked', {
      message: `The key "${key.name}" (rk_${key.publicId}_…) was revoked on ${key.revokedAt.toISOString()}. Use another key.`,
      details: { keyId: key.id },
    })
  }
  if (key.expiresAt && key.expiresAt.getTime() <= nowMs) {
    return new AppError('key_expired', {
      message: `The key "${key.name}" (rk_${key.publicId}_…) expired on ${key.expiresAt.toISOString()}. Create a new one.`,
      details: { keyId: key.id },
    })
  }
  await requireOwnProject(parts, request, key.project, `The key "${key.name}"`)
  if (!key.lastUsedAt || nowMs - key.lastUsedAt.getTime() > touchEveryMs) {
    await markUsed(parts.db, [key.id], new Date(nowMs))
  }
  const { id, name, project, environment } = key
  return {
    actor: makeActor({ kind: 'key', id, name, project, environment, permissions: new Set(key.scopes) }),
    isOperator: false,
  }
}

async function bySession(
  parts: AuthenticateParts,
  request: Request,
  token: string,
): Promise<Caller | AppError> {
  const session = await parts.sessions.find(token)
  if (!session) {
    return refused(
      'The console session has ended. Open a new one with the link that this prints: npx ratchet open',
    )
  }
  const actor = {
    kind: 'session' as const,
    id: session.id,
    name: 'console',
    permissions: session.permissions,
  }
  if (session.project === null) return operatorCaller(parts, request, actor)
  await requireOwnProject(parts, request, session.project, 'This session')
  const environment = await namedEnvironment(parts, request, session.project)
  return {
    actor: makeActor({
      ...actor,
      project: session.project,
      environment,
      permissions: new Set(session.permissions),
    }),
    isOperator: false,
  }
}

async function operatorCaller(
  parts: AuthenticateParts,
  request: Request,
  actor: Pick<Actor, 'kind' | 'id' | 'name'> & { permissions: readonly (typeof permissions)[number][] },
): Promise<Caller> {
  const wanted = request.headers.get('x-ratchet-project')
  const { id: project } =
    wanted === null ? await parts.projects.ensureDefault() : await parts.projects.find(wanted)
  const environment = await namedEnvironment(parts, request, project)
  return {
    actor: makeActor({ ...actor, project, environment, permissions: new Set(actor.permissions) }),
    isOperator: true,
  }
}

async function namedEnvironment(
  parts: AuthenticateParts,
  request: Request,
  project: string,
): Promise<string | undefined> {
  const environment = request.headers.get('x-ratchet-environment')
  if (environment === null) return undefined
  await parts.projects.requireEnvironment(project, environment)
  return environment
}

/** A header that names another project must not be ignored: the caller would read or change the wrong one. */
async function requireOwnProject(
  parts: AuthenticateParts,
  request: Request,
  project: string,
  who: string,
): Promise<void> {
  const wanted = request.headers.get('x-ratchet-project')
  if (wanted === null || wanted === project) return
  const own = await parts.projects.find(project)
  if (own.name === wanted) return
  throw new AppError('forbidden', {
    message: `${who} belongs to project "${own.name}", not to "${wanted}". Use a key of that project, or leave x-ratchet-project out.`,
    details: { project: own.name, wanted },
  })
}

function noCredential(): AppError {
  return refused(
    'No credential came with the request. Send "Authorization: Bearer rk_…", or open the console with the link that this prints: npx ratchet open',
  )
}

function refused(message: string): AppError {
  return new AppError('unauthenticated', { message })
}
