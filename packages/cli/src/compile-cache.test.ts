import { homedir } from 'node:os'
import { expect, test } from 'vitest'
import { compileCacheFolder } from './compile-cache.ts'

test('compiled code lies in a folder of the user, or where the environment says', () => {
  expect(compileCacheFolder({})).toBe(`${homedir()}/.cache/ratchet/compile`)
  expect(compileCacheFolder({ XDG_CACHE_HOME: '/caches' })).toBe('/caches/ratchet/compile')
  expect(compileCacheFolder({ XDG_CACHE_HOME: '/caches', NODE_COMPILE_CACHE: '/mine' })).toBe('/mine')
  expect(compileCacheFolder({ XDG_CACHE_HOME: '', NODE_COMPILE_CACHE: '' })).toBe(
    `${homedir()}/.cache/ratchet/compile`,
  )
})
