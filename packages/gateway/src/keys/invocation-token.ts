import { createHmac, timingSafeEqual } from 'node:crypto'
import { invocationClaims, type InvocationClaims } from '@ratchet/contract'

const prefix = 'rt_'

/**
 * Makes the bearer token of one invocation: `rt_<base64url json>.<base64url hmac-sha256>`. Whoever holds it may
 * call models and read one release in the claims' project until `expiresAtMs`; it is not encrypted.
 */
export function signInvocationToken(claims: InvocationClaims, keyBase64: string): string {
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url')
  return `${prefix}${payload}.${macOf(payload, keyBase64).toString('base64url')}`
}

/** The claims of a token of ours; undefined when its form, signature or time is wrong. Never throws. */
export function verifyInvocationToken(
  token: string,
  keyBase64: string,
  nowMs: number,
): InvocationClaims | undefined {
  const dot = token.lastIndexOf('.')
  if (!token.startsWith(prefix) || dot < prefix.length) return undefined
  const payload = token.slice(prefix.length, dot)
  const given = Buffer.from(token.slice(dot + 1), 'base64url')
  const wanted = macOf(payload, keyBase64)
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined
  const claims = readClaims(payload)
  return claims !== undefined && claims.expiresAtMs > nowMs ? claims : undefined
}

function macOf(payload: string, keyBase64: string): Buffer {
  return createHmac('sha256', Buffer.from(keyBase64, 'base64')).update(payload).digest()
}

function readClaims(payload: string): InvocationClaims | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
    return invocationClaims.safeParse(parsed).data
  } catch {
    // Signed by us and still not JSON: a token of another version.
    return undefined
  }
}
