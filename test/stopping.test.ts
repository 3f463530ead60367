import { afterAll, beforeAll, expect, test } from 'vitest'
import { bootstrapKey, pause, startRatchet, waitFor, type RunningRatchet } from './support/start-ratchet.ts'

let ratchet: RunningRatchet

beforeAll(async () => {
  // What runs has as long as it takes, also on a busy machine.
  const env = { RATCHET_DRAIN_TIMEOUT_MS: '120000' }
  ratchet = await startRatchet({ args: ['--gateways', '2', '--sample'], env })
})
afterAll(() => ratchet.stop())

/** One run of the sample app, which retrieves and asks a model; undefined when nobody took the call. */
async function runApp(): Promise<string | undefined> {
  const started = await fetch(`${ratchet.gatewayUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bootstrapKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'app/docs-assistant',
      stream: true,
      messages: [{ role: 'user', content: `Which port does the gateway use? ${Math.random()}` }],
    }),
  }).catch(() => undefined)
  return started?.text()
}

test('runs of apps that have begun when Ratchet is stopped end whole', async () => {
  await waitFor('the app answers', async () => (await runApp())?.includes('[DONE]') || undefined)
  const answers: string[] = []
  const work = async (): Promise<void> => {
    for (let text = await runApp(); text !== undefined; text = await runApp()) answers.push(text)
  }
  const clients = Promise.all(Array.from({ length: 6 }, work))
  await waitFor('runs', async () => answers.length > 6 || undefined)
  await pause(Math.random() * 100)
  const before = answers.length
  await ratchet.stopKeepingData()
  await clients
  expect(answers.length).toBeGreaterThan(before)
  expect(answers.filter((text) => !text.includes('[DONE]') || text.includes('"error"'))).toEqual([])
})
