import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const publicLetters = '0123456789ABCDEFGHJKMNPQRSTVWXYZabcdefghijkmnopqrstuvwxyz'

/** SHA-256 in hex: what is stored of a secret or token. Both have 256 random bits, so no slow hash is needed. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** Compares a secret with a stored hash; takes the same time for every wrong secret. */
export function matchesHash(secret: string, storedHash: string): boolean {
  const given = Buffer.from(hashSecret(secret))
  const stored = Buffer.from(storedHash.padEnd(given.length, '\0').slice(0, given.length))
  return timingSafeEqual(given, stored)
}

/** Stands in for the hash of a key that does not exist, so that looking it up costs the same. */
export const noSuchHash = hashSecret('no such key')

/** A new opaque token of 256 bits, safe in URLs and cookies. */
export function makeToken(): string {
  return randomBytes(32).toString('base64url')
}

/** A new API key: 12 letters to recognise it by and a secret of 256 bits. */
export function makeKeyText(): { text: string; publicId: string; secret: string } {
  const publicId = Array.from(randomBytes(12), (byte) => publicLetters[byte % publicLetters.length]).join('')
  const secret = makeToken()
  return { text: `rk_${publicId}_${secret}`, publicId, secret }
}
