import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const magic = Buffer.from('RTR1')
const purpose = Buffer.from('ratchet stored response')
const ivBytes = 12
const tagBytes = 16

/** Encrypts what is written to disk (AES-256-GCM), when there is a key. */
export function seal(text: string, key: Buffer | undefined): Buffer {
  if (key === undefined) return Buffer.from(text)
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(purpose)
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([magic, iv, cipher.getAuthTag(), sealed])
}

/** Throws for bytes that were sealed with another key, or changed since. */
export function unseal(bytes: Buffer, key: Buffer | undefined): string {
  if (!bytes.subarray(0, magic.length).equals(magic)) return bytes.toString()
  if (key === undefined) throw new Error('it is encrypted, and there is no key')
  const tagAt = magic.length + ivBytes
  const sealedAt = tagAt + tagBytes
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(magic.length, tagAt))
  decipher.setAAD(purpose).setAuthTag(bytes.subarray(tagAt, sealedAt))
  return Buffer.concat([decipher.update(bytes.subarray(sealedAt)), decipher.final()]).toString()
}

/** A key for {@link seal} of base64 of 32 bytes; undefined for anything else. */
export function readSealKey(keyBase64: string | undefined): Buffer | undefined {
  const key = Buffer.from(keyBase64 ?? '', 'base64')
  return key.length === 32 ? key : undefined
}
