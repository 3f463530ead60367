import { expect, test } from 'vitest'
import { requestUrl } from './request-url.ts'

const route = { name: 'getRelease', path: '/api/v1/apps/{app}/releases/{release}' } as const

test('segments and query are escaped', () => {
  const url = requestUrl(
    'http://h/',
    route,
    { app: 'a b', release: '../x' },
    { query: 'a&b', limit: 3, deep: true },
  )
  expect(url).toBe('http://h/api/v1/apps/a%20b/releases/..%2Fx?query=a%26b&limit=3&deep=true')
})

test('an empty or dotted segment is refused before it becomes another route', () => {
  expect(() => requestUrl('', route, { app: '', release: 'r1' })).toThrow('"app" of getRelease is ""')
  expect(() => requestUrl('', route, { app: 'a', release: '..' })).toThrow('give a name or id')
})
