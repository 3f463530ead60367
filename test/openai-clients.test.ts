import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bootstrapKey, startRatchet, waitFor, type RunningRatchet } from './support/start-ratchet.ts'
import { installTimeoutMs, runPython } from './support/client-libraries.ts'

let ratchet: RunningRatchet
let client: OpenAI

beforeAll(async () => {
  ratchet = await startRatchet({ args: ['--sample'] })
  client = new OpenAI({ baseURL: `${ratchet.gatewayUrl}/v1`, apiKey: bootstrapKey, maxRetries: 0 })
  await waitFor(
    'the sample app is deployed',
    async () => {
      const models = await client.models.list()
      return models.data.some((model) => model.id === 'app/docs-assistant') || undefined
    },
    200_000,
  )
})
afterAll(() => ratchet.stop())

const question = { role: 'user' as const, content: 'Which port does the gateway use?' }

test('the OpenAI SDK for Node streams an answer of the sample app with its sources', async () => {
  const stream = await client.chat.completions.create({
    model: 'app/docs-assistant',
    messages: [question],
    stream: true,
  })
  let text = ''
  let pieces = 0
  for await (const chunk of stream) {
    const delta = chunk.choices[0]?.delta?.content ?? ''
    if (delta) pieces += 1
    text += delta
  }
  expect(text).toContain('4701')
  expect(pieces).toBeGreaterThan(1)
})

test('the OpenAI SDK for Node gets embeddings of the right size', async () => {
  const answer = await client.embeddings.create({ model: 'offline/embedding', input: ['one', 'two'] })
  expect(answer.data.map((row) => row.embedding.length)).toEqual([384, 384])
})

test('an unknown model is refused with the nearest names', async () => {
  await expect(
    client.chat.completions.create({ model: 'app/docs-asistant', messages: [question] }),
  ).rejects.toMatchObject({
    status: 404,
    message: expect.stringContaining('docs-assistant') as string,
  })
})

const program = `
import os, sys
from openai import OpenAI
client = OpenAI(base_url=os.environ["BASE"], api_key=os.environ["KEY"], max_retries=0)
plain = client.chat.completions.create(model="app/docs-assistant", messages=[{"role": "user", "content": "Which port does the gateway use?"}])
assert "4701" in plain.choices[0].message.content, plain
assert plain.usage.total_tokens > 0
text = ""
for chunk in client.chat.completions.create(model="offline/extractive", messages=[{"role": "user", "content": "Say something."}], stream=True, stream_options={"include_usage": True}):
    if chunk.choices and chunk.choices[0].delta.content:
        text += chunk.choices[0].delta.content
    usage = chunk.usage
assert text and usage and usage.completion_tokens > 0
assert len(client.embeddings.create(model="offline/embedding", input="hello").data[0].embedding) == 384
assert any(model.id == "app/docs-assistant" for model in client.models.list())
print("ok")
`

test('the OpenAI SDK for Python talks to the gateway unmodified', { timeout: installTimeoutMs }, async () => {
  const variables = { BASE: `${ratchet.gatewayUrl}/v1`, KEY: bootstrapKey }
  expect(await runPython('python-clients', program, variables)).toBe('ok')
})
