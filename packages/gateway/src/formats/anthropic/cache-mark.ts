import type { CacheMark } from '../../neutral/content.ts'
import { isJsonObject, type JsonObject } from '../parse-json.ts'

/** `cache_control` of a block or tool; undefined when there is none. */
export function readCacheMark(block: JsonObject): CacheMark | undefined {
  const control = block['cache_control']
  if (!isJsonObject(control)) return undefined
  const { ttl } = control
  return ttl === '5m' || ttl === '1h' ? { ttl } : {}
}

/** The `cache_control` field for a mark; nothing without one. */
export function cacheControl(mark: CacheMark | undefined): JsonObject {
  if (mark === undefined) return {}
  return { cache_control: { type: 'ephemeral', ...(mark.ttl === undefined ? {} : { ttl: mark.ttl }) } }
}
