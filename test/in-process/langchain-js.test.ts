import { afterAll, beforeAll, expect, test } from 'vitest'
import { keys } from '../../packages/gateway/src/testing/example-snapshot.ts'
import {
  startMatrixGateway,
  type MatrixGateway,
} from '../../packages/gateway/src/testing/clients/start-matrix-gateway.ts'
import { families } from '../../packages/gateway/src/testing/providers/start-scenario-provider.ts'
import { installTimeoutMs, runModule } from '../support/client-libraries.ts'

let running: MatrixGateway
beforeAll(async () => {
  running = await startMatrixGateway()
})
afterAll(() => running.stop())

const program = `
import assert from 'node:assert/strict'
import { ChatAnthropic } from '@langchain/anthropic'
import { ChatOpenAI } from '@langchain/openai'

const { BASE, KEY, MODELS } = process.env
const hello = 'Hello, w\\u00f6rld \\u{1F30D}!'
const tools = ['get_weather', 'get_time'].map((name) => ({
  type: 'function',
  function: { name, description: name, parameters: { type: 'object', properties: {} } },
}))
const openAi = (model, more = {}) =>
  new ChatOpenAI({ model, apiKey: KEY, maxRetries: 0, configuration: { baseURL: BASE + '/v1' }, ...more })
const clients = {
  chat: (model) => openAi(model, { useResponsesApi: false }),
  responses: (model) => openAi(model, { useResponsesApi: true }),
  messages: (model) => new ChatAnthropic({ model, apiKey: KEY, maxRetries: 0, maxTokens: 4096, anthropicApiUrl: BASE }),
}
for (const [api, make] of Object.entries(clients)) {
  for (const model of MODELS.split(' ')) {
    const where = api + ' at ' + model
    const answer = await make(model + '--plain').invoke('Hello')
    assert.equal(answer.text, hello, where)
    assert.equal(answer.usage_metadata.total_tokens, 27, where)
    let whole
    for await (const chunk of await make(model + '--parallel-tools').bindTools(tools).stream('Hello'))
      whole = whole === undefined ? chunk : whole.concat(chunk)
    const calls = whole.tool_calls.map(({ name, args }) => ({ name, args }))
    assert.deepEqual(
      calls,
      [
        { name: 'get_weather', args: { city: 'Bern', days: [1, 2.5] } },
        { name: 'get_time', args: { zone: 'CET' } },
      ],
      where,
    )
    await assert.rejects(make(model + '--rate-limit').invoke('Hello'), (error) => error.status === 429, where)
    await assert.rejects(async () => {
      for await (const chunk of await make(model + '--cut').stream('Hello')) void chunk
    }, /broke off/, where)
  }
}
console.log('ok')
`

test(
  'LangChain for JavaScript gets texts, calls, streams and errors of every provider',
  { timeout: installTimeoutMs },
  async () => {
    const models = Object.entries(families).map(([family, { model }]) => `${family}/${model}`)
    const variables = { BASE: running.gateway.url, KEY: keys.invoke, MODELS: models.join(' ') }
    expect(await runModule('langchain-js', program, variables)).toBe('ok')
  },
)
