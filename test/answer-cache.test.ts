import { clearGatewayCache, getGatewayCache, getGatewayConfig, putGatewayConfig } from '@ratchet/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bootstrapKey, startRatchet, waitFor, type RunningRatchet } from './support/start-ratchet.ts'

let ratchet: RunningRatchet

beforeAll(async () => {
  ratchet = await startRatchet()
  const { version, config } = await ratchet.client.call(getGatewayConfig)
  const faq = {
    name: 'faq',
    mode: 'semantic' as const,
    scope: 'project' as const,
    ttlSeconds: 600,
    threshold: 0.8,
    embeddingModel: 'offline/embedding',
    checkShare: 0,
    maxTemperature: 1,
  }
  const body = {
    baseVersion: version,
    config: { ...config, caches: [faq], defaults: { ...config.defaults, cache: 'faq' } },
  }
  await ratchet.client.call(putGatewayConfig, { body })
  await waitFor('the policy in force', async () => ((await ask('Warm up?')) === null ? undefined : true))
})
afterAll(() => ratchet.stop())

/** Asks, and says what the cache did. */
async function ask(text: string): Promise<string | null> {
  const response = await fetch(`${ratchet.gatewayUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bootstrapKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'offline/extractive', messages: [{ role: 'user', content: text }] }),
  })
  expect(response.status).toBe(200)
  await response.arrayBuffer()
  return response.headers.get('x-ratchet-cache')
}

const figures = async () => (await ratchet.client.call(getGatewayCache, { query: { days: 1 } })).policies[0]

test('what the cache does reaches the API within seconds', async () => {
  expect(await ask('Which port does the gateway use?')).toBe('miss')
  expect(await ask('Which port does the gateway use?')).toBe('hit')
  expect(await ask('which port does the gateway use')).toBe('semantic-hit')
  const shown = await waitFor('the figures', async () => {
    const policy = await figures()
    return policy?.semanticHits === 1 && policy.hits >= 1 ? policy : undefined
  })
  expect(shown).toMatchObject({ policy: 'faq', mode: 'semantic', scope: 'project' })
  expect(shown.memoryAnswers).toBeGreaterThan(0)
  expect(shown.hitRate).toBeGreaterThan(0)
})

test('answers and figures outlive a restart, and control while it is dead', async () => {
  await ask('Does it outlive a restart?')
  await waitFor('the figures', async () => ((await figures())?.diskAnswers ?? 0) > 0 || undefined)
  const before = (await figures())?.misses
  await ratchet.stopKeepingData()
  await ratchet.startAgain()
  expect((await figures())?.misses).toBeGreaterThanOrEqual(before ?? 0)
  expect(await ask('Does it outlive a restart?')).toBe('hit')
  await ratchet.killControl()
  expect(await ask('Does it outlive a restart?')).toBe('hit')
  expect(await ask('And a new one?')).toBe('miss')
  await ratchet.startAgain()
  await waitFor('what happened meanwhile', async () => {
    const policy = await figures()
    return (policy?.misses ?? 0) > (before ?? 0) || undefined
  })
})

test('a cleared answer is gone in less than a second, and stays gone when the gateway was killed', async () => {
  const tookMs: number[] = []
  // Other processes may have the processors for a second, not each time.
  for (let times = 0; times < 3 && !tookMs.some((ms) => ms < 1_000); times++) {
    await ask('How are answers cleared?')
    expect(await ask('How are answers cleared?')).toBe('hit')
    const clearedMs = performance.now()
    await ratchet.client.call(clearGatewayCache, { query: { policy: 'faq' } })
    await waitFor('forgetting', async () => (await ask('How are answers cleared?')) === 'miss' || undefined)
    tookMs.push(performance.now() - clearedMs)
  }
  expect(Math.min(...tookMs)).toBeLessThan(1_000)
  await expect(ratchet.client.call(clearGatewayCache, { query: { policy: 'fap' } })).rejects.toThrow(
    'Did you mean "faq"?',
  )
  process.kill(ratchet.pidOf('gateway'), 'SIGKILL')
  expect(await waitFor('the next gateway', async () => ask('Which port does the gateway use?'))).toBe('miss')
})
