import { timingSafeEqual } from 'node:crypto'
import { AppError, parseKey, type SnapshotKey } from '@ratchet/contract'
import type { CompiledSnapshot } from '../snapshot/compile-snapshot.ts'
import type { Caller } from './caller.ts'
import { hashKeySecret } from './hash-key-secret.ts'
import { verifyInvocationToken } from './invocation-token.ts'

/** Verified headers kept; beyond it the oldest go. Bounds memory, not security. */
const rememberLimit = 20_000

/** Turns `authorization` headers into callers. A header is verified once per snapshot, then found in a map. */
export class Authenticator {
  readonly #verified = new Map<string, Caller>()
  #snapshot: CompiledSnapshot | undefined

  /** Forgets everyone: a key may have been revoked. */
  useSnapshot(snapshot: CompiledSnapshot): void {
    this.#snapshot = snapshot
    this.#verified.clear()
  }

  /** Throws `unauthenticated`, `key_revoked`, `key_expired` or `unavailable`. */
  authenticate(header: string | undefined, nowMs: number): Caller {
    const known = header === undefined ? undefined : this.#verified.get(header)
    if (known !== undefined && known.expiresAtMs > nowMs) return known
    const caller = this.#verify(header, nowMs)
    if (header !== undefined) this.#remember(header, caller)
    return caller
  }

  #verify(header: string | undefined, nowMs: number): Caller {
    const snapshot = this.#snapshot
    if (snapshot === undefined) throw notReady()
    const token = header === undefined ? '' : /^(?:Bearer +)?(\S+)$/i.exec(header.trim())?.[1]
    if (token === undefined || token === '') throw missing()
    if (token.startsWith('rt_')) return verifyToken(snapshot, token, nowMs)
    return verifyKey(snapshot, token, nowMs)
  }

  #remember(header: string, caller: Caller): void {
    if (this.#verified.size >= rememberLimit) {
      for (const oldest of this.#verified.keys()) {
        this.#verified.delete(oldest)
        break
      }
    }
    this.#verified.set(header, caller)
  }
}

function verifyKey(snapshot: CompiledSnapshot, text: string, nowMs: number): Caller {
  const parsed = parseKey(text)
  if (parsed === undefined) throw unknownKey('The API key does not have the form rk_<public>_<secret>.')
  const { publicId, secret } = parsed
  // Revoked keys are listed by public id alone; that one was revoked is not a secret to its holder.
  if (snapshot.revokedPublicIds.has(publicId)) {
    throw new AppError('key_revoked', {
      message: `The key rk_${publicId}_… was revoked. Make a new one with: ratchet keys create`,
      details: { publicId },
    })
  }
  const key = snapshot.keys.get(publicId)
  if (key === undefined || !hasSecret(key, secret)) {
    throw unknownKey(`No key rk_${publicId}_… with this secret. Make one with: ratchet keys create`)
  }
  if (key.expiresAtMs !== undefined && key.expiresAtMs <= nowMs) {
    throw new AppError('key_expired', {
      message: `The key rk_${publicId}_… expired at ${new Date(key.expiresAtMs).toISOString()}. Make a new one with: ratchet keys create`,
      details: { publicId, expiredAtMs: key.expiresAtMs },
    })
  }
  return {
    kind: 'key',
    project: projectOf(snapshot, key.project),
    environment: key.environment,
    anyEnvironment: key.anyEnvironment,
    keyId: key.id,
    keyName: key.name,
    scopes: new Set(key.scopes),
    expiresAtMs: key.expiresAtMs ?? Number.POSITIVE_INFINITY,
    releaseDigest: '',
  }
}

function verifyToken(snapshot: CompiledSnapshot, token: string, nowMs: number): Caller {
  const claims = verifyInvocationToken(token, snapshot.tokenKey, nowMs)
  if (claims === undefined) throw unknownKey('The invocation token is wrong or has expired.')
  return {
    kind: 'token',
    project: projectOf(snapshot, claims.project),
    environment: claims.environment,
    anyEnvironment: false,
    keyId: claims.keyId,
    keyName: snapshot.keyNames.get(claims.keyId) ?? '',
    scopes: new Set(['model:invoke', 'app:read']),
    expiresAtMs: claims.expiresAtMs,
    releaseDigest: claims.releaseDigest,
  }
}

function projectOf(snapshot: CompiledSnapshot, id: string) {
  const project = snapshot.projects.get(id)
  if (project !== undefined) return project
  throw unknownKey('The project of this key no longer exists.')
}

function hasSecret(key: SnapshotKey, secret: string): boolean {
  return timingSafeEqual(Buffer.from(hashKeySecret(secret)), Buffer.from(key.secretHash))
}

function missing(): AppError {
  return unknownKey(
    'No API key. Send it as the header "authorization: Bearer rk_…"; make one with: ratchet keys create',
  )
}

function unknownKey(message: string): AppError {
  return new AppError('unauthenticated', { message })
}

function notReady(): AppError {
  return new AppError('unavailable', {
    message:
      'The gateway has no configuration yet: control has not answered and no saved copy exists. Try again in a second.',
  })
}
