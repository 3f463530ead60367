import {
  AppError,
  permissions,
  uuid,
  type me,
  type OutputOf,
  type Page,
  type PageQuery,
  type Project,
  type SnapshotKey,
} from '@ratchet/contract'
import type { Clock } from '#platform/clock.ts'
import type { Actor } from '#platform/http/actor.ts'
import type { MakeId } from '#platform/ids.ts'
import type { Db } from '#platform/postgres/database.ts'
import { makeAuthenticate } from './authenticate.ts'
import { hashSecret } from './credential.ts'
import { makeFailedAttempts } from './failed-attempts.ts'
import { findKeyNames, markUsed } from './key-store.ts'
import { makeKeys, type Keys } from './keys.ts'
import { readOperatorKeys, snapshotOperatorKey } from './operator-keys.ts'
import { makeProjects } from './projects.ts'
import { clearSessionCookies, readSessionCookie, writeSessionCookie } from './session-cookie.ts'
import type { Grant } from './session-store.ts'
import { makeSessions } from './sessions.ts'

export type AccessParts = {
  readonly db: Db
  readonly clock: Clock
  readonly makeId: MakeId
  readonly version: string
  /** Addresses as callers reach them; read late, because ports may be chosen by the system. */
  readonly consoleUrl: () => string
  readonly gatewayUrl: () => string
  /** Served to other machines behind TLS: session cookies are then `__Host-` and `Secure`. */
  readonly isPublic: boolean
  /** `RATCHET_BOOTSTRAP_KEY`, and a key that only the local CLI knows. */
  readonly bootstrapKey?: string | undefined
  readonly cliKey?: string | undefined
  /** Network address of the caller, for counting failed sign-ins. */
  readonly addressOf: (request: Request) => string
  readonly rotateSecrets: (project: string) => Promise<{ keyId: string; reencrypted: number }>
}

/** Projects, keys, sessions: who may do what. */
export type Access = {
  /** Makes the project `default` on the first start; call before serving. */
  readonly start: () => Promise<Project>
  /** Throws `unauthenticated`, `key_revoked`, `key_expired` or `rate_limited`. */
  readonly authenticate: (request: Request) => Promise<Actor>
  readonly me: (actor: Actor) => Promise<OutputOf<typeof me>>
  readonly listProjects: (actor: Actor, page: PageQuery) => Promise<Page<Project>>
  readonly createProject: (actor: Actor, name: string) => Promise<Project>
  /** Every project, for work that is not done for one caller. */
  readonly allProjects: () => Promise<{ id: string; name: string }[]>
  readonly findProject: (idOrName: string) => Promise<Project>
  /** Throws `not_found`, naming the project's environments, unless it has this one. */
  readonly requireProjectEnvironment: (project: string, environment: string) => Promise<void>
  readonly keys: Pick<Keys, 'create' | 'list' | 'revoke'>
  /** A link for the actor, with its permissions; without one, for the operator at start. */
  readonly createConsoleLink: (actor?: Actor) => Promise<{ url: string; expiresAt: string }>
  /** Uses a link up: the `Set-Cookie` of a new session, or undefined when the link is no good. */
  readonly openConsole: (request: Request, token: string) => Promise<string | undefined>
  /** Ends the caller's session; gives the `Set-Cookie` headers that remove it from the browser. */
  readonly endSession: (actor: Actor) => Promise<string[]>
  readonly rotateSecrets: (actor: Actor) => Promise<{ keyId: string; reencrypted: number }>
  /** Notes uses that others saw (the gateway's, through telemetry); operator keys are skipped. */
  readonly markKeysUsed: (keyIds: readonly string[], atMs: number) => Promise<void>
  /** Names of keys by id; what is no id of a key has none. */
  readonly keyNames: (project: string, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>
  readonly projectsForSnapshot: () => Promise<{ id: string; name: string }[]>
  readonly keysForSnapshot: () => Promise<{ keys: SnapshotKey[]; revokedPublicIds: string[] }>
  /** Calls the listener after keys or projects changed. */
  readonly onChange: (listener: () => void) => void
  /** Awaits the listener before a new project is handed to its creator. */
  readonly onProjectCreated: (listener: (project: string) => Promise<void>) => void
}

/** Makes the access feature; throws `validation_failed` when the bootstrap key is malformed. */
export function makeAccess(parts: AccessParts): Access {
  const { db, clock } = parts
  const operatorKeys = readOperatorKeys({ bootstrap: parts.bootstrapKey, cli: parts.cliKey })
  const changeListeners: (() => void)[] = []
  const projectListeners: ((project: string) => Promise<void>)[] = []
  const changed = (): void => changeListeners.forEach((listener) => listener())
  const projects = makeProjects(parts)
  const sessions = makeSessions(parts)
  const keys = makeKeys({ ...parts, projects, changed })
  const cookie = { isPublic: parts.isPublic }
  const attempts = makeFailedAttempts(clock)
  const authenticate = makeAuthenticate({
    ...parts,
    projects,
    sessions,
    operatorKeys,
    cookie,
    attempts,
  })
  const operators = new WeakSet<Actor>()
  return {
    start: projects.ensureDefault,
    authenticate: async (request) => {
      const { actor, isOperator } = await authenticate(request)
      if (isOperator) operators.add(actor)
      return actor
    },
    me: async (actor) => ({
      actor: { kind: actor.kind, id: actor.id, name: actor.name },
      project: await projects.find(actor.project),
      ...(actor.environment === undefined ? {} : { environment: actor.environment }),
      permissions: [...actor.permissions],
      version: parts.version,
      gatewayUrl: parts.gatewayUrl(),
    }),
    listProjects: (actor, page) => projects.list(page, operators.has(actor) ? undefined : actor.project),
    createProject: async (actor, name) => {
      requireOperator(operators.has(actor), actor)
      const project = await projects.create(name)
      for (const listener of projectListeners) await listener(project.id)
      changed()
      return project
    },
    allProjects: projects.listAll,
    findProject: projects.find,
    requireProjectEnvironment: projects.requireEnvironment,
    keys,
    createConsoleLink: async (actor) => {
      const { token, expiresAt } = await sessions.createLink(grantOf(actor, operators))
      return { url: `${parts.consoleUrl()}/open?token=${token}`, expiresAt: expiresAt.toISOString() }
    },
    openConsole: async (request, linkToken) => {
      const token = await sessions.redeemLink(linkToken, readSessionCookie(request, cookie))
      if (token === undefined) return undefined
      // Whoever just signed in gets through even while others of the same address fail.
      attempts.succeeded(hashSecret(token))
      return writeSessionCookie(request, cookie, token)
    },
    endSession: async (actor) => {
      if (actor.kind !== 'session') {
        throw new AppError('bad_request', {
          message: `"${actor.name}" is not a console session, so there is nothing to sign out of. Revoke a key with: ratchet keys revoke`,
        })
      }
      await sessions.end(actor.id)
      return clearSessionCookies()
    },
    rotateSecrets: (actor) => parts.rotateSecrets(actor.project),
    markKeysUsed: async (keyIds, atMs) => {
      const operatorIds = new Set(operatorKeys.map((key) => key.id))
      const stored = [...new Set(keyIds)].filter((id) => id !== '' && !operatorIds.has(id))
      await markUsed(db, stored, new Date(atMs))
    },
    keyNames: async (project, ids) => {
      const names = await findKeyNames(
        db,
        project,
        ids.filter((id) => uuid.safeParse(id).success),
      )
      for (const key of operatorKeys) if (ids.includes(key.id)) names.set(key.id, key.name)
      return names
    },
    projectsForSnapshot: projects.listAll,
    keysForSnapshot: async () => {
      const [{ id }, stored] = await Promise.all([projects.ensureDefault(), keys.forSnapshot()])
      const operator = operatorKeys.map((key) => snapshotOperatorKey(key, id))
      return { keys: [...operator, ...stored.keys], revokedPublicIds: stored.revokedPublicIds }
    },
    onChange: (listener) => void changeListeners.push(listener),
    onProjectCreated: (listener) => void projectListeners.push(listener),
  }
}

function grantOf(actor: Actor | undefined, operators: WeakSet<Actor>): Grant {
  if (!actor) return { project: null, permissions, createdBy: 'start' }
  const project = operators.has(actor) ? null : actor.project
  return { project, permissions: [...actor.permissions], createdBy: actor.name }
}

function requireOperator(isOperator: boolean, actor: Actor): void {
  if (isOperator) return
  throw new AppError('forbidden', {
    message: `"${actor.name}" belongs to one project and cannot create others. Use RATCHET_BOOTSTRAP_KEY or the console of the installation's operator.`,
    details: { project: actor.project },
  })
}
