import { gatewayConfig, listBudgetEvents, listLimitUse, putGatewayConfig } from '@ratchet/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bootstrapKey, startRatchet, waitFor, type RunningRatchet } from './support/start-ratchet.ts'

let ratchet: RunningRatchet
beforeAll(async () => {
  ratchet = await startRatchet()
  await ratchet.client.call(putGatewayConfig, {
    body: {
      baseVersion: 0,
      config: gatewayConfig.parse({
        limits: [{ name: 'per-user', scope: 'user', measure: 'requests', limit: 3 }],
        budgets: [{ name: 'team', scope: 'project', period: 'month', limitUsd: 0.01, warnAt: [0.5] }],
        // Some thirty calls use the budget up.
        prices: [{ model: 'offline/*', inputUsd: 10, outputUsd: 10 }],
      }),
      note: 'test',
    },
  })
  await waitFor('the limits in force', async () =>
    (await ask('nobody')).headers.has('x-ratelimit-limit-requests') ? true : undefined,
  )
})
afterAll(() => ratchet.stop())

const ask = (user: string): Promise<Response> =>
  fetch(`${ratchet.gatewayUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bootstrapKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'offline/extractive',
      user,
      max_tokens: 50,
      messages: [{ role: 'user', content: 'The gateway listens on port 4701. Which port does it use?' }],
    }),
  })

const teamUse = async (): Promise<number> => {
  const { items } = await ratchet.client.call(listLimitUse, { query: { kind: 'budget' } })
  return items.find(({ name }) => name === 'team')?.used ?? 0
}

test('limits and budgets hold through a real gateway, are shown, and outlive kill -9 of gateway and control', async () => {
  const startedMs = performance.now()
  for (let call = 0; call < 3; call++) expect((await ask('ada')).status).toBe(200)
  const refused = await ask('ada')
  expect(refused.status).toBe(429)
  const passedSeconds = (performance.now() - startedMs) / 1_000
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(55 - passedSeconds)
  const shown = await waitFor('the limit in the list', async () => {
    const { items } = await ratchet.client.call(listLimitUse, { query: { name: 'per-user' } })
    return items.find(({ used }) => used >= 3)
  })
  expect(shown).toMatchObject({ kind: 'limit', scope: 'user', subject: 'ada', used: 3, limit: 3 })

  const spent = await waitFor('three calls in the ledger', async () => {
    const used = await teamUse()
    return used > 0 ? used : undefined
  })
  process.kill(ratchet.pidOf('gateway'), 'SIGKILL')
  await waitFor('another gateway', async () => ((await ask('grace')).status === 200 ? true : undefined))
  await waitFor('a fourth call in the ledger', async () => ((await teamUse()) > spent ? true : undefined))

  await ratchet.killControl()
  for (const user of ['edith', 'linus']) expect((await ask(user)).status).toBe(200)
  await ratchet.startAgain()
  // A gateway that ends before it could tell leaves that to the next, which takes it over once it has been silent.
  await waitFor(
    'what was used meanwhile',
    async () => ((await teamUse()) > 1.3 * spent ? true : undefined),
    60_000,
  )

  let user = 0
  const askUntilRefused = async (): Promise<true | undefined> => {
    for (;;) {
      const { status } = await ask(`user-${(user += 1)}`)
      // 429 while the killed gateway seems to hold a part, which is settled when it has been silent for a while.
      if (status !== 200) return status === 402 ? true : undefined
    }
  }
  await waitFor('a refusal because of the budget', askUntilRefused, 60_000)
  const used = await waitFor('the end of the budget', async () => {
    const now = await teamUse()
    return now > 0.9 * 0.01e9 ? now : undefined
  })
  expect(used).toBeLessThan(1.2 * 0.01e9)
  const { items } = await ratchet.client.call(listBudgetEvents, { query: {} })
  expect(items).toMatchObject([{ name: 'team', share: 0.5, limitNano: 0.01e9 }])
})
