import { createHash } from 'node:crypto'

/**
 * The digest of a release: SHA-256 over one line `<path> NUL <SHA-256 of the content> LF` per file, in the order of
 * the paths' UTF-16 code units. Equal folders give equal digests on every machine; the runner checks it.
 */
export function releaseDigestOf(files: readonly { path: string; digest: string }[]): string {
  const hash = createHash('sha256')
  for (const { path, digest } of files.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    hash.update(`${path}\0${digest}\n`)
  }
  return hash.digest('hex')
}
