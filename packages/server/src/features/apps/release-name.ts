import { AppError } from '@ratchet/contract'
import type { ReleaseName } from './release-store.ts'

/** Reads how a release is named: `latest`, `r3`, an id, a digest, or the first 8 digits of one. */
export function parseReleaseName(text: string): ReleaseName {
  const name = text.trim().toLowerCase()
  if (name === 'latest') return { by: 'latest' }
  const number = /^r([1-9]\d{0,8})$/.exec(name)?.[1]
  if (number !== undefined) return { by: 'label', number: Number(number) }
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name)) return { by: 'id', id: name }
  if (/^[0-9a-f]{8,64}$/.test(name)) return { by: 'digest', prefix: name }
  throw new AppError('not_found', {
    message: `"${text}" does not name a release. Write "latest", a label such as "r3", an id, or at least the first 8 digits of a digest.`,
    details: { release: text },
  })
}
