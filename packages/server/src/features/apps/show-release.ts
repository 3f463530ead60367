import type { IndexVersion, Release } from '@ratchet/contract'
import { labelOf, type StoredRelease } from './release-store.ts'

/** States of index versions by {@link pinKey}; undefined for a version that nobody builds. */
export type PinStates = ReadonlyMap<string, IndexVersion | undefined>

/** Names one version of one index in {@link PinStates}. */
export function pinKey(pin: { name: string; version: string }): string {
  return `${pin.name} ${pin.version}`
}

/** The release as the API shows it. */
export function showRelease(release: StoredRelease, states: PinStates): Release {
  return {
    id: release.id,
    app: release.app,
    label: labelOf(release),
    digest: release.digest,
    draft: release.number === undefined,
    description: release.description,
    ...(release.git ? { git: release.git } : {}),
    author: release.author,
    createdAt: release.createdAt.toISOString(),
    entry: release.entry,
    fileCount: release.fileCount,
    models: [...release.models],
    indexes: release.indexes.map((pin) => {
      const found = states.get(pinKey(pin))
      return {
        name: pin.name,
        version: pin.version,
        state: found?.state ?? 'missing',
        ...(found ? { chunks: found.chunks } : {}),
      }
    }),
  }
}
