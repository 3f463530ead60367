import { expect, test } from 'vitest'
import { HealthRegistry } from '../routing/health/health-registry.ts'
import { startTestGateway, until } from '../testing/start-test-gateway.ts'
import { renderTargets } from './render-targets.ts'

test('the metrics tell for each target how often it was asked, how it failed, and how its breaker is', async () => {
  const t = await startTestGateway()
  const ask = async (model: string) => {
    const messages = [{ role: 'user', content: 'Hi' }]
    await (await t.post('/v1/chat/completions', { model, messages })).text()
  }
  await ask('test/gpt-test')
  // A model that a caller names is retried once on errors of the server.
  for (let count = 0; count < 3; count++) await ask('any/mode:server-error')
  await ask('any/mode:rate-limited')
  const labels = (target: string) => `project="00000000-0000-4000-8000-000000000001",target="${target}"`
  await until(async () => {
    const text = await (await fetch(`${t.gateway.url}/metrics`)).text()
    expect(text).toContain(`ratchet_gateway_attempts_total{${labels('test/gpt-test')}} 1\n`)
    expect(text).toContain(`ratchet_gateway_breaker_state{${labels('test/gpt-test')}} 0\n`)
    const failed = `ratchet_gateway_failed_attempts_total{${labels('any/mode:server-error')},kind="server-error"}`
    const [, failures = 0] =
      new RegExp(`^${failed.replaceAll(/[{}]/g, '\\$&')} (\\d+)$`, 'm').exec(text) ?? []
    expect(Number(failures)).toBeGreaterThanOrEqual(5)
    expect(text).toContain(`ratchet_gateway_breaker_state{${labels('any/mode:server-error')}} 2\n`)
    expect(text).toContain(`ratchet_gateway_breaker_openings_total{${labels('any/mode:server-error')}} 1\n`)
    expect(text).toContain(`{${labels('any/mode:rate-limited')},kind="rate-limit"}`)
    return true
  })
  await t.stop()
})

test('names that callers make up break no line, and do not crowd out what is asked', () => {
  const registry = new HealthRegistry()
  registry.of('p any/a"b\\c\nd', 0).begin(0)
  for (let index = 0; index < 900; index++) registry.of(`p any/made-up-${index}`, 0)
  for (let index = 0; index < 3; index++) registry.of('p openai/gpt', 0).begin(0)
  const text = renderTargets(registry.describe(0))
  expect(text).toContain('ratchet_gateway_attempts_total{project="p",target="any/a\\"b\\\\c\\nd"} 1\n')
  expect(text).toContain('ratchet_gateway_attempts_total{project="p",target="openai/gpt"} 3\n')
  expect(text.match(/^ratchet_gateway_attempts_total\{/gm)).toHaveLength(500)
})
