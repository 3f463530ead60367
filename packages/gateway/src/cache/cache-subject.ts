import type { CachePolicy } from '@ratchet/contract'

/** Who asks, as far as sharing answers goes; an empty string where the request does not tell. */
export type CacheCaller = {
  readonly keyId: string
  readonly user: string
  readonly app: string
}

/**
 * Whom an answer is kept for. Undefined when the policy keeps answers apart by something that the request does not
 * tell: callers without a name must not share what is meant for one.
 */
export function cacheSubject(scope: CachePolicy['scope'], caller: CacheCaller): string | undefined {
  const who = scope === 'project' ? 'all' : scope === 'key' ? caller.keyId : caller[scope]
  return who === '' ? undefined : `${scope} ${who}`
}
