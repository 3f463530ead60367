import { createHash } from 'node:crypto'

/**
 * The digest of a release: SHA-256 over one line `<path> NUL <SHA-256 of the content> LF` per file, in the order of
 * the paths' UTF-16 code units. The same rule as `releaseDigestOf` in server/src/features/apps: change both or neither.
 */
export function digestFiles(
  files: readonly { readonly path: string; readonly content: Uint8Array }[],
): string {
  const hash = createHash('sha256')
  for (const { path, content } of files.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    hash.update(`${path}\0${createHash('sha256').update(content).digest('hex')}\n`)
  }
  return hash.digest('hex')
}
