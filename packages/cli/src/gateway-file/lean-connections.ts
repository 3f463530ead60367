import type { FileConnection } from '@ratchet/contract'

/** Connections as a person would write them: without what is so anyway. */
export function leanConnections(connections: readonly FileConnection[]): object[] {
  return connections.map(({ name, provider, baseUrl, settings, key, keys, allowPrivate }) => ({
    name,
    provider,
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(Object.keys(settings).length === 0 ? {} : { settings }),
    ...(key === undefined ? {} : { key }),
    ...(keys.length === 0 ? {} : { keys }),
    ...(allowPrivate ? { allowPrivate } : {}),
  }))
}
