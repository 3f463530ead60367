import { createHash } from 'node:crypto'
import { AppError, type DatasetItem } from '@ratchet/contract'
import { canonicalJson } from './canonical-json.ts'

/** The rows of a dataset as they are stored, and the SHA-256 that names them. */
export type VersionedRows = { readonly version: string; readonly rows: readonly string[] }

/**
 * Names rows by their content: the same rows in the same order give the same version on every machine.
 * Throws `validation_failed` when two rows share an id, because results are paired by it.
 */
export function versionRows(items: readonly DatasetItem[]): VersionedRows {
  const seen = new Map<string, number>()
  for (const [index, { id }] of items.entries()) {
    const earlier = seen.get(id)
    if (earlier !== undefined) {
      throw new AppError('validation_failed', {
        message: `Rows ${earlier + 1} and ${index + 1} both have the id "${id}". Give every row an id of its own: results are compared by it.`,
        details: { id, rows: [earlier + 1, index + 1] },
      })
    }
    seen.set(id, index)
  }
  const rows = items.map((item) => canonicalJson(item))
  const hash = createHash('sha256')
  for (const row of rows) hash.update(row).update('\n')
  return { version: hash.digest('hex'), rows }
}
