import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { AppError, snapshot as snapshotSchema, type Snapshot } from '@ratchet/contract'

const magic = Buffer.from('RTS1')
const purpose = Buffer.from('ratchet gateway snapshot')
const ivBytes = 12
const tagBytes = 16

/** Writes the snapshot encrypted (AES-256-GCM); it holds provider credentials. The file is replaced whole. */
export function writeSnapshotFile(path: string, snapshot: Snapshot, keyBase64: string): void {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', readKey(keyBase64), iv).setAAD(purpose)
  const sealed = Buffer.concat([cipher.update(JSON.stringify(snapshot), 'utf8'), cipher.final()])
  mkdirSync(dirname(path), { recursive: true })
  // Several gateways may write at once, each its own copy until it is whole.
  const coming = `${path}.${process.pid}.new`
  writeFileSync(coming, Buffer.concat([magic, iv, cipher.getAuthTag(), sealed]), { mode: 0o600 })
  renameSync(coming, path)
}

/** The snapshot of an earlier run; undefined when there is none. Throws when the file or the key is wrong. */
export function readSnapshotFile(path: string, keyBase64: string): Snapshot | undefined {
  const bytes = readIfThere(path)
  if (bytes === undefined) return undefined
  const ivAt = magic.length
  const tagAt = ivAt + ivBytes
  const sealedAt = tagAt + tagBytes
  try {
    if (!bytes.subarray(0, ivAt).equals(magic)) throw new Error('it does not begin with RTS1')
    const decipher = createDecipheriv('aes-256-gcm', readKey(keyBase64), bytes.subarray(ivAt, tagAt))
    decipher.setAAD(purpose).setAuthTag(bytes.subarray(tagAt, sealedAt))
    const text = Buffer.concat([decipher.update(bytes.subarray(sealedAt)), decipher.final()]).toString()
    return snapshotSchema.parse(JSON.parse(text))
  } catch (cause) {
    throw new AppError('unavailable', {
      message: `The saved snapshot ${path} cannot be read with RATCHET_SNAPSHOT_KEY; the gateway serves once control answers.`,
      details: { path },
      cause,
    })
  }
}

function readKey(keyBase64: string): Buffer {
  const key = Buffer.from(keyBase64, 'base64')
  if (key.length === 32) return key
  throw new AppError('validation_failed', {
    message: `RATCHET_SNAPSHOT_KEY holds ${key.length} bytes; it must be base64 of 32 bytes.`,
    details: { field: 'RATCHET_SNAPSHOT_KEY' },
  })
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
