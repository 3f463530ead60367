import { createHash } from 'node:crypto'
import { releaseDigestText } from '@ratchet/contract'

/** The digest of a release's files, by the contract's rule: what control named is what we run. */
export function digestFiles(
  files: readonly { readonly path: string; readonly content: Uint8Array }[],
): string {
  const named = files.map(({ path, content }) => ({ path, digest: sha256(content) }))
  return sha256(releaseDigestText(named))
}

function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}
