import { AppError, isAppError, type Connection, type ConnectionKey } from '@ratchet/contract'
import { suggestNames } from '@ratchet/core/graph'
import { resolveAllowed, type ResolveHost } from '#platform/http/outgoing-address.ts'
import type { StoredConnectionKey } from './connection-key-store.ts'
import type { StoredConnection } from './connection-store.ts'

/**
 * Checks an address before it is stored. A name that does not resolve is let through: it may belong to a server that
 * starts later, and every call checks the address again when it connects.
 */
export async function checkAddress(
  baseUrl: string,
  allowPrivate: boolean,
  resolve: ResolveHost,
): Promise<void> {
  try {
    await resolveAllowed(new URL(baseUrl).hostname, { allowPrivate, resolve })
  } catch (error) {
    if (isAppError(error)) throw error
  }
}

/** Throws `conflict` for connections that are not ours to change. */
export function requireStored(connection: StoredConnection, what: 'changed' | 'removed'): void {
  if (connection.origin === 'stored') return
  const message =
    connection.origin === 'built-in'
      ? `The connection "${connection.name}" is built in and cannot be ${what}.`
      : `The connection "${connection.name}" was found when Ratchet started and cannot be ${what} here. Change the environment variable or the local server it comes from, or start with RATCHET_DISCOVER=off.`
  throw new AppError('conflict', { message, details: { name: connection.name, origin: connection.origin } })
}

/** Throws `conflict` for a connection that the gateway's configuration needs. */
export function requireUnused(name: string, uses: readonly string[]): void {
  if (uses.length === 0) return
  const list = uses.slice(0, 5).join(', ') + (uses.length > 5 ? ` and ${uses.length - 5} more` : '')
  throw new AppError('conflict', {
    message: `The connection "${name}" is used by ${list}. Change that first: ratchet gateway show, then ratchet apply -f gateway.yaml`,
    details: { name, uses },
  })
}

/**
 * A stored credential must not follow to another host: whoever may change the address but does not know
 * the key could otherwise have it sent to a server of their own.
 */
export function requireKeyForNewHost(
  connection: StoredConnection,
  nextBaseUrl: string,
  hasKeys: { now: boolean; next: boolean },
): void {
  if (hasKeys.next || !hasKeys.now || connection.baseUrl === undefined) return
  if (new URL(connection.baseUrl).origin === new URL(nextBaseUrl).origin) return
  throw new AppError('validation_failed', {
    message: `The connection "${connection.name}" moves to another host, so its API key must be entered again: give apiKey together with baseUrl.`,
    details: { issues: [{ field: 'apiKey', problem: 'is needed when the host changes' }] },
  })
}

export function connectionNotFound(name: string, names: readonly string[]): AppError {
  const suggestion = suggestNames(name, names)
  return new AppError('not_found', {
    message: `There is no connection "${name}" in this project.${suggestion ? ` ${suggestion}` : ` It has: ${names.join(', ')}.`}`,
    details: { name },
  })
}

export function nameTaken(name: string, cause: unknown): AppError {
  return new AppError('conflict', {
    message: `A connection "${name}" exists already. Choose another name, or change that one.`,
    details: { name },
    cause,
  })
}

/** `app/<name>` calls a deployed app, so no connection may have that name. */
export function requireFreeName(name: string): void {
  if (name !== 'app') return
  throw new AppError('conflict', {
    message:
      'A connection cannot be named "app": models named app/<name> are deployed apps. Choose another name.',
    details: { name },
  })
}

/** Enough to recognise a credential; short ones are not shown at all. */
export function previewOf(apiKey: string): string {
  return apiKey.length >= 12 ? apiKey.slice(-4) : '····'
}

/** The connection as the API shows it: without its credentials. */
export function showConnection(
  connection: StoredConnection,
  keys: readonly StoredConnectionKey[],
): Connection {
  const keyPreview = keys[0]?.preview ?? connection.keyPreview
  return {
    id: connection.id,
    name: connection.name,
    provider: connection.provider,
    ...(connection.baseUrl === undefined ? {} : { baseUrl: connection.baseUrl }),
    settings: { ...connection.settings },
    keys: keys.map(showKey),
    ...(keyPreview === undefined ? {} : { keyPreview }),
    allowPrivate: connection.allowPrivate,
    origin: connection.origin,
    createdAt: connection.createdAt.toISOString(),
    ...(connection.lastTest === undefined ? {} : { lastTest: connection.lastTest }),
  }
}

export function showKey(key: StoredConnectionKey): ConnectionKey {
  return {
    id: key.id,
    preview: key.preview,
    addedAt: key.addedAt.toISOString(),
    ...(key.lastUsedAt === undefined ? {} : { lastUsedAt: key.lastUsedAt.toISOString() }),
  }
}
