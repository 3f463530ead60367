import { AppError } from '@ratchet/contract'

/** What a client wants of the cache, from `x-ratchet-cache` and `x-ratchet-cache-ttl`. */
export type CacheWishes = {
  readonly mayRead: boolean
  readonly mayKeep: boolean
  /** Without an answer in the cache, nobody is asked. */
  readonly onlyIfCached: boolean
  /** Older answers are not wanted, and this one is kept no longer. */
  readonly ttlSeconds: number | undefined
}

const words = ['no-cache', 'no-store', 'only-if-cached', 'refresh'] as const
type Word = (typeof words)[number]

const noWishes: CacheWishes = { mayRead: true, mayKeep: true, onlyIfCached: false, ttlSeconds: undefined }
const longestTtlSeconds = 31_536_000

/**
 * Reads both headers; several words are separated by commas. `no-cache`: neither answered from the cache nor kept;
 * `no-store`: not kept; `refresh`: asked anew and kept; `only-if-cached`: answered from the cache or not at all.
 * Throws `validation_failed` naming the header.
 */
export function readCacheWishes(control: string | undefined, ttl: string | undefined): CacheWishes {
  if (control === undefined && ttl === undefined) return noWishes
  const given = new Set(readWords(control ?? ''))
  const isBypassed = given.has('no-cache')
  const wishes = {
    mayRead: !isBypassed && !given.has('refresh'),
    mayKeep: !isBypassed && !given.has('no-store'),
    onlyIfCached: given.has('only-if-cached'),
    ttlSeconds: ttl === undefined ? undefined : readTtl(ttl),
  }
  if (wishes.onlyIfCached && !wishes.mayRead) {
    throw invalid(
      `x-ratchet-cache "${control}" asks for cached answers only and for none; leave one of them out.`,
    )
  }
  return wishes
}

function readWords(control: string): Word[] {
  const given = control
    .toLowerCase()
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
  return given.map((word) => {
    const known = words.find((each) => each === word)
    if (known === undefined) throw invalid(`x-ratchet-cache is "${word}"; use ${words.join(', ')}.`)
    return known
  })
}

function readTtl(text: string): number {
  const seconds = Number(text)
  if (text.trim() !== '' && Number.isInteger(seconds) && seconds >= 1 && seconds <= longestTtlSeconds)
    return seconds
  throw invalid(`x-ratchet-cache-ttl is "${text}"; give whole seconds from 1 to ${longestTtlSeconds}.`)
}

function invalid(message: string): AppError {
  return new AppError('validation_failed', { message })
}

/** `coalesced`: given the answer that another call was asking for at that moment. */
export type CacheOutcome = 'hit' | 'miss' | 'semantic-hit' | 'coalesced' | 'bypass'

/** Response headers in the flat form of `writeHead`. `ageMs` only for hits, `key` unless the cache was not used. */
export function cacheHeaders(outcome: CacheOutcome, key?: string, ageMs?: number): string[] {
  const headers = ['x-ratchet-cache', outcome]
  if (ageMs !== undefined) headers.push('x-ratchet-cache-age', String(Math.max(0, Math.floor(ageMs / 1000))))
  if (key !== undefined && outcome !== 'bypass') headers.push('x-ratchet-cache-key', key)
  return headers
}

/** For `only-if-cached` when nothing is. */
export function notCached(): AppError {
  return new AppError('not_found', {
    message:
      'No answer to this request is in the cache. Leave "only-if-cached" out of x-ratchet-cache to ask the model.',
    details: { header: 'x-ratchet-cache' },
  })
}
