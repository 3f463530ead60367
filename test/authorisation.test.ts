import { allRoutes, createKey, parseKey, type Route } from '@ratchet/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startRatchet, type RunningRatchet } from './support/start-ratchet.ts'

let ratchet: RunningRatchet
let weakKey: string

beforeAll(async () => {
  ratchet = await startRatchet()
  const { secret } = await ratchet.client.call(createKey, {
    body: { name: 'weak', scopes: ['model:invoke'] },
  })
  weakKey = secret
})
afterAll(() => ratchet.stop())

/** A path with every parameter filled with something that parses. */
function fill(route: Route): string {
  return route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    name === 'id' ? '01990000-0000-7000-8000-000000000000' : name === 'traceId' ? '0'.repeat(31) + '1' : 'x',
  )
}

function send(route: Route, headers: Record<string, string>): Promise<Response> {
  return fetch(ratchet.url + fill(route), {
    method: route.method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(route.method === 'GET' ? {} : { body: '{}' }),
    signal: AbortSignal.timeout(60_000),
  })
}

describe.each(
  allRoutes.filter((route) => route.permission !== 'public').map((route) => [route.name, route] as const),
)('%s', (_, route) => {
  test('is refused without a credential', async () => {
    const response = await send(route, {})
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ error: { code: 'unauthenticated' } })
  })

  test('is refused with a wrong secret of an existing key', async () => {
    const publicId = parseKey(weakKey)?.publicId ?? ''
    const response = await send(route, { authorization: `Bearer rk_${publicId}_${'x'.repeat(32)}` })
    expect(response.status).toBe(401)
  })

  test('is refused to a key without its permission, before the body is looked at', async () => {
    if (route.permission === 'model:invoke') return
    const response = await send(route, { authorization: `Bearer ${weakKey}` })
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ error: { code: 'forbidden' } })
  })
})

test('a cookie from another site cannot change anything', async () => {
  const response = await fetch(`${ratchet.url}/api/v1/keys`, {
    method: 'POST',
    headers: {
      cookie: 'ratchet_session=stolen',
      origin: 'http://evil.example',
      'content-type': 'application/json',
    },
    body: JSON.stringify({ name: 'x' }),
  })
  expect([401, 403]).toContain(response.status)
})
