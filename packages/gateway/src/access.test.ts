import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { signInvocationToken, verifyInvocationToken } from './keys/invocation-token.ts'
import { startGateway } from './start-gateway.ts'
import { digest, keys, otherProject, project } from './testing/example-snapshot.ts'
import { startTestGateway, until, type TestGateway } from './testing/start-test-gateway.ts'
import { watchStalls } from './testing/watch-stalls.ts'

let t: TestGateway
beforeEach(async () => {
  t = await startTestGateway()
})
afterEach(() => t.stop())

const body = { model: 'offline/extractive', messages: [{ role: 'user', content: 'Hello?' }] }
const call = (key: string, headers: Record<string, string> = {}, payload: object = body) =>
  t.post('/v1/chat/completions', payload, { authorization: `Bearer ${key}`, ...headers })
const codeOf = async (response: Response) =>
  ((await response.json()) as { error: { code: string } }).error.code

test('only a right key gets in, and each refusal says why', async () => {
  expect((await call(keys.invoke)).status).toBe(200)
  for (const [key, status, code] of [
    [`${keys.invoke}x`, 401, 'unauthenticated'],
    ['rk_nobody_0123456789abcdef0123', 401, 'unauthenticated'],
    ['sk-something', 401, 'unauthenticated'],
    [keys.expired, 401, 'key_expired'],
    [keys.read, 403, 'forbidden'],
  ] as const) {
    const response = await call(key)
    expect([key, response.status, await codeOf(response)]).toEqual([key, status, code])
  }
  const none = await fetch(`${t.gateway.url}/v1/models`)
  expect([none.status, await codeOf(none)]).toEqual([401, 'unauthenticated'])
})

test('a revoked key stops working within a second of the change, and control’s other changes are live as fast', async () => {
  expect((await call(keys.invoke)).status).toBe(200)
  const stalls = watchStalls()
  const changed = performance.now()
  t.control.publish({
    ...t.snapshot,
    version: 2,
    keys: t.snapshot.keys.filter((key) => key.publicId !== 'invoke'),
    revokedPublicIds: ['invoke'],
  })
  const refused = await until(async () => {
    const response = await call(keys.invoke)
    return response.status === 401 ? response : undefined
  })
  expect(performance.now() - changed).toBeLessThan(1_000 + stalls.stoodMs())
  expect(await codeOf(refused)).toBe('key_revoked')
})

test('a project sees its own connections, apps and spans only', async () => {
  const response = await call(keys.other)
  expect(response.status).toBe(404)
  expect(await response.text()).not.toContain('Did you mean')
  expect(await t.spanOf(response)).toMatchObject({ project: otherProject })
})

test('a key for every environment may name one, others may not', async () => {
  const named = await call(keys.admin, { 'x-ratchet-environment': 'production' })
  expect(await t.spanOf(named)).toMatchObject({ environment: 'production' })
  const unnamed = await call(keys.invoke, { 'x-ratchet-environment': 'production' })
  expect(await t.spanOf(unnamed)).toMatchObject({ environment: 'development' })
  expect((await call(keys.admin, { 'x-ratchet-environment': 'No Such' })).status).toBe(400)
})

test('an invocation token works like a key until it expires; its calls hang below the span that made them', async () => {
  const claims = {
    project,
    environment: 'development',
    keyId: 'key-invoke',
    releaseDigest: digest,
    expiresAtMs: Date.now() + 60_000,
  }
  const token = signInvocationToken(claims, t.snapshot.tokenKey)
  expect(verifyInvocationToken(token, t.snapshot.tokenKey, Date.now())).toEqual(claims)
  expect(verifyInvocationToken(`${token.slice(0, -2)}xx`, t.snapshot.tokenKey, Date.now())).toBeUndefined()
  expect(verifyInvocationToken(token, Buffer.alloc(32).toString('base64'), Date.now())).toBeUndefined()
  const traceId = 'e'.repeat(32)
  const response = await call(token, {
    traceparent: `00-${traceId}-${'f'.repeat(16)}-01`,
    'x-ratchet-session': encodeURIComponent('séance 1'),
  })
  expect((await response.json()) as object).toMatchObject({ ratchet: { costNano: 0 } })
  expect(await t.spanOf(response)).toMatchObject({
    isLocalRoot: false,
    parentSpanId: 'f'.repeat(16),
    keyId: 'key-invoke',
    app: 'docs-assistant',
    release: 'r1',
    deployment: 'deployment-1',
    sessionId: 'séance 1',
  })
  vi.useFakeTimers({ toFake: ['Date'], now: claims.expiresAtMs + 5 })
  try {
    expect((await call(token)).status).toBe(401)
  } finally {
    vi.useRealTimers()
  }
})

test('A3.7 with control down the gateway goes on, keeps its spans, and a new one starts from the saved snapshot', async () => {
  await t.control.stop()
  expect((await call(keys.invoke)).status).toBe(200)
  await until(async () => {
    const ready = (await (await fetch(`${t.gateway.url}/health/ready`)).json()) as { control: string }
    return ready.control === 'down' || undefined
  })
  expect(t.gateway.spool().pendingRecords).toBe(1)
  const second = await startGateway({ ...t.config, drainTimeoutMs: 100 })
  try {
    const response = await fetch(`${second.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${keys.invoke}` },
      body: JSON.stringify(body),
    })
    expect(response.status).toBe(200)
    expect((await fetch(`${second.url}/health/ready`)).status).toBe(200)
  } finally {
    await second.stop()
  }
})

test('with another snapshot key the saved snapshot is useless and the gateway says 503 until control answers', async () => {
  await t.control.stop()
  const second = await startGateway({
    ...t.config,
    snapshotKey: Buffer.alloc(32, 7).toString('base64'),
    drainTimeoutMs: 100,
  })
  try {
    expect((await fetch(`${second.url}/health/live`)).status).toBe(200)
    expect((await fetch(`${second.url}/health/ready`)).status).toBe(503)
    const response = await fetch(`${second.url}/v1/models`, {
      headers: { authorization: `Bearer ${keys.invoke}` },
    })
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1'])
  } finally {
    await second.stop()
  }
})

test('a taken port is named with the way out', async () => {
  await expect(startGateway({ ...t.config, port: t.gateway.port })).rejects.toThrow(
    `Port ${t.gateway.port} on 127.0.0.1 is taken`,
  )
})
