import { expect, test } from 'vitest'
import { cacheHeaders, notCached, readCacheWishes } from './cache-headers.ts'

test('a header that says nothing of ours is refused by name', () => {
  expect(() => readCacheWishes('never', undefined)).toThrow(
    'x-ratchet-cache is "never"; use no-cache, no-store, only-if-cached, refresh.',
  )
  for (const ttl of ['', '0', '1.5', 'soon', '1e99']) {
    expect(() => readCacheWishes(undefined, ttl)).toThrow(`x-ratchet-cache-ttl is "${ttl}"`)
  }
})

test('asking for cached answers only and for none at once is a mistake', () => {
  expect(() => readCacheWishes('only-if-cached, refresh', undefined)).toThrow('leave one of them out')
  expect(() => readCacheWishes('no-cache, only-if-cached', undefined)).toThrow('leave one of them out')
})

test('an empty header wishes nothing', () => {
  expect(readCacheWishes(' , ', undefined)).toEqual(readCacheWishes(undefined, undefined))
})

test('an answer says where it came from, how old it is and under which name it is kept', () => {
  expect(cacheHeaders('hit', 'abc', 12_700)).toEqual([
    'x-ratchet-cache',
    'hit',
    'x-ratchet-cache-age',
    '12',
    'x-ratchet-cache-key',
    'abc',
  ])
  expect(cacheHeaders('miss', 'abc')).toEqual(['x-ratchet-cache', 'miss', 'x-ratchet-cache-key', 'abc'])
  expect(cacheHeaders('bypass', 'abc')).toEqual(['x-ratchet-cache', 'bypass'])
  expect(cacheHeaders('semantic-hit', 'abc', -5)).toContain('0')
})

test('a wish for cached answers only that finds none ends with 404', () => {
  expect(notCached().status).toBe(404)
})
