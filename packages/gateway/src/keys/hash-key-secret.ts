import { createHash } from 'node:crypto'

/** SHA-256 of a key's secret in lower-case hex: what is stored and what the snapshot carries. */
export function hashKeySecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
