import { gatewayConfig } from '@ratchet/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { z } from 'zod'
import { project } from './testing/example-snapshot.ts'
import { startTestGateway, type TestGateway } from './testing/start-test-gateway.ts'

let running: TestGateway

beforeAll(async () => {
  running = await startTestGateway()
})
afterAll(() => running.stop())

const privacy: z.input<typeof gatewayConfig> = {
  guardrails: [
    {
      name: 'privacy',
      rules: [
        { name: 'mail', detectors: [{ type: 'pii', kinds: ['email'] }], on: ['input'], action: 'redact' },
      ],
    },
  ],
}

/** Everything that traces keep of one call with an address of e-mail. */
async function kept(config: z.input<typeof gatewayConfig>, call: object, status: number): Promise<string> {
  const parsed = gatewayConfig.parse({ ...privacy, ...config })
  await running.publish({ gateway: [{ project, config: parsed }] })
  const messages = [{ role: 'user', content: 'Write to ada@example.com please' }]
  const response = await running.post('/v1/chat/completions', { messages, ...call })
  expect(response.status).toBe(status)
  return JSON.stringify(await running.spanOf(response))
}

const everywhere = { defaults: { guardrails: ['privacy'] } }
const note = 'not kept: the call ended before a guardrail that redacts had read it'

test('what a redacting guardrail has not read, because a limit refused the call first, is not kept', async () => {
  const limits = [{ name: 'none', scope: 'project' as const, measure: 'requests' as const, limit: 0 }]
  const text = await kept({ ...everywhere, limits }, { model: 'test/gpt-test' }, 429)
  expect(text).toContain(note)
  expect(text).not.toContain('ada@example.com')
})

test('nor is what was asked of a model that is not there', async () => {
  const text = await kept(everywhere, { model: 'nobody/here' }, 404)
  expect(text).toContain(note)
  expect(text).not.toContain('ada@example.com')
})

test('nor a wrong request to a route with such a guardrail; another route keeps what it was asked', async () => {
  const targets = [{ model: 'test/gpt-test' }]
  const routes = [
    { name: 'guarded', targets, guardrails: ['privacy'] },
    { name: 'open', targets },
  ]
  expect(await kept({ routes }, { model: 'guarded', temperature: 'hot' }, 400)).not.toContain(
    'ada@example.com',
  )
  expect(await kept({ routes }, { model: 'open' }, 200)).toContain('ada@example.com')
})
