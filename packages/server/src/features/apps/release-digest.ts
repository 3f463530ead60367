import { releaseDigestText } from '@ratchet/contract'
import { digestOf } from '#platform/blobs/folder-blobs.ts'

/** The digest of a release: equal folders give equal digests on every machine. */
export function releaseDigestOf(files: readonly { path: string; digest: string }[]): string {
  return digestOf(releaseDigestText(files))
}
