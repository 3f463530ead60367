import type { Snapshot } from '@ratchet/contract'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { attributesOf, useConfig } from './testing/cached-gateway.ts'
import { startTestGateway, until, type TestGateway } from './testing/start-test-gateway.ts'

let running: TestGateway
beforeEach(async () => {
  running = await startTestGateway()
})
afterEach(() => running.stop())

async function routeTo(models: readonly string[], changes: Partial<Snapshot> = {}) {
  const targets = models.map((model) => ({ model }))
  await useConfig(running, { routes: [{ name: 'steady', targets, retries: { attempts: 0 } }] }, changes)
}
/** Calls the route; the models that were asked for it. */
async function ask() {
  running.upstream.seen.length = 0
  const response = await running.post('/v1/chat/completions', {
    model: 'steady',
    messages: [{ role: 'user', content: 'Hello there' }],
  })
  expect(response.status).toBe(200)
  return { response, asked: running.upstream.seen.map(({ json }) => json['model']) }
}

test('a target that answers 503 with Retry-After is not asked until then, and is asked again after it', async () => {
  await routeTo(['any/mode:unavailable', 'test/gpt-test'])
  const startMs = performance.now()
  expect((await ask()).asked).toEqual(['mode:unavailable', 'gpt-test'])
  const { response, asked } = await ask()
  expect(asked).toEqual(['gpt-test'])
  expect(attributesOf(await running.spanOf(response))).toMatchObject({ route: 'steady' })
  await until(async () => ((await ask()).asked.length === 2 ? true : undefined))
  expect(performance.now() - startMs).toBeGreaterThan(3_000)
})

test('a target without a credential of its own rests when it answers 429', async () => {
  const connections = running.snapshot.connections.map((each) => ({ ...each, credentials: [] }))
  await routeTo(['any/mode:rate-limited', 'test/gpt-test'], { connections })
  expect((await ask()).asked).toEqual(['mode:rate-limited', 'gpt-test'])
  expect((await ask()).asked).toEqual(['gpt-test'])
})

test('a limited credential rests, and its target is asked with another one', async () => {
  const credentials = [
    { id: 'credential-1', value: 'sk-1' },
    { id: 'credential-2', value: 'sk-2' },
    { id: 'credential-3', value: 'sk-3' },
  ]
  const connections = running.snapshot.connections.map((each) =>
    each.name === 'any' ? { ...each, credentials } : each,
  )
  await routeTo(['any/mode:rate-limited', 'test/gpt-test'], { connections })
  const limited = ['mode:rate-limited', 'mode:rate-limited', 'mode:rate-limited', 'gpt-test']
  expect((await ask()).asked).toEqual(limited)
  expect((await ask()).asked).toEqual(['gpt-test'])
})
