import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const ivBytes = 12
const tagBytes = 16
const formatByte = 1

/**
 * Encrypts with AES-256-GCM: format byte, IV, tag, ciphertext. `bound` is not stored but must be the same to
 * open it, so that a blob moved to another record does not open there.
 */
export function seal(key: Uint8Array, plaintext: Uint8Array, bound: string): Uint8Array {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  cipher.setAAD(Buffer.from(bound))
  const body = Buffer.concat([cipher.update(plaintext), cipher.final()])
  return Uint8Array.from(Buffer.concat([Buffer.from([formatByte]), iv, cipher.getAuthTag(), body]))
}

/** Opens what {@link seal} made; throws when key, bound text or a single bit differ. */
export function unseal(key: Uint8Array, box: Uint8Array, bound: string): Uint8Array {
  const bytes = Buffer.from(box)
  if (bytes[0] !== formatByte || bytes.byteLength < 1 + ivBytes + tagBytes) {
    throw new Error('The sealed value is cut short or not one of ours.')
  }
  const tagStart = 1 + ivBytes
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, tagStart), {
    authTagLength: tagBytes,
  })
  decipher.setAAD(Buffer.from(bound))
  decipher.setAuthTag(bytes.subarray(tagStart, tagStart + tagBytes))
  return Uint8Array.from(
    Buffer.concat([decipher.update(bytes.subarray(tagStart + tagBytes)), decipher.final()]),
  )
}
