import { gatewayConfig, type PriceOverride } from '@ratchet/contract'
import { afterEach, expect, test } from 'vitest'
import { startFakeApi, type FakeApi } from '../../testing/fake-api.ts'
import { runTestCli } from '../../testing/test-io.ts'

let api: FakeApi | undefined
afterEach(async () => {
  await api?.stop()
  api = undefined
})

const tier = { aboveInputTokens: 272_000, inputUsd: 2.5, outputUsd: 20 }
const mini: PriceOverride = { model: 'openai/gpt-5-mini', inputUsd: 0.2, outputUsd: 1.6, searchUsd: 0.01 }
const pattern: PriceOverride = { model: 'local/*', inputUsd: 1, outputUsd: 2, tiers: [tier] }
const listed = {
  inputNano: 1.25e9,
  outputNano: 1e10,
  cachedInputNano: 1.25e8,
  source: 'genai-prices 0.1.8',
  tiers: [{ aboveInputTokens: 272_000, inputNano: 2.5e9, outputNano: 2e10 }],
}
const rich = {
  inputNano: 0,
  outputNano: 0,
  imageNano: 4e7,
  imageKindsNano: { 'hd/1024x1024': 8e7 },
  audioHourNano: 3.6e8,
  searchNano: 1e7,
  batchShare: 0.5,
  source: 'override',
}
const model = (id: string, price?: object) => ({ id, connection: 'openai', kind: 'chat', price })
const models = [
  { id: 'app/docs', connection: 'app', kind: 'chat', note: 'A deployed app.' },
  model('openai/gpt-5', listed),
  model('openai/all', rich),
  model('local/llama'),
]

async function cli(args: readonly string[], prices: readonly PriceOverride[] = []) {
  await api?.stop()
  const config = gatewayConfig.parse({
    prices,
    limits: [{ name: 'l', scope: 'key', measure: 'requests', limit: 1 }],
  })
  const change = {
    kind: 'changed',
    section: 'prices',
    name: 'm',
    fields: [{ path: 'inputUsd', before: 1, after: 2 }],
  }
  api = await startFakeApi({
    'GET /api/v1/models': () => ({ json: { items: models } }),
    'GET /api/v1/gateway/config': () => ({ json: { version: 4, config, author: 'test', note: '' } }),
    'PUT /api/v1/gateway/config': () => ({
      json: { version: 5, config, author: 'test', note: '', changes: [change], warnings: [] },
    }),
  })
  const environment = { RATCHET_URL: api.url, RATCHET_KEY: 'rk_test_0123456789abcdef' }
  return runTestCli(['prices', ...args], { environment })
}
const put = () =>
  api?.calls.find(({ method }) => method === 'PUT')?.body as { config: { prices: PriceOverride[] } }
const priceSet = () => put().config.prices.at(-1)

test('the list shows what is charged for beside text tokens', async () => {
  const { stdout } = await cli(['list', '--model', 'all'])
  expect(stdout).toContain('picture 0.04, hour of sound 0.36, search 0.01, hd/1024x1024 0.08, batch x0.5')
})

test('the list shows tiers, prices for many models, and where each is known from', async () => {
  const all = await cli(
    ['list'],
    [pattern, mini, { ...pattern, model: '*', tiers: [{ ...tier, aboveInputTokens: 1500 }] }],
  )
  expect(all.stdout).toMatch(
    /openai\/gpt-5 +1\.25 +0\.125 +10\.00 +>272k: 2\.50 \/ 20\.00 +genai-prices 0\.1\.8/,
  )
  expect(all.stdout).toMatch(/local\/\* +1\.00 +2\.00 +>272k: 2\.50 \/ 20\.00 +override/)
  expect(all.stdout).toContain('>1500: 2.50')
  expect(all.stdout).not.toContain('local/llama')
  const json = await cli(['list', '--json', '--model', 'LOCAL'], [pattern])
  expect(JSON.parse(json.stdout)).toMatchObject({ items: [{ model: 'local/*', price: { inputNano: 1e9 } }] })
  const none = await cli(['list', '--model', 'llama'])
  expect(none.stdout).toContain('No model with "llama"')
})

test('tiers are set in ascending order, whatever order they are given in, and nothing else changes', async () => {
  const args = ['--tier', '1m input=5 output=15', '--tier', '200000, input=$3 output=9 cached-input=0.5']
  const result = await cli(['set', mini.model, ...args], [mini, pattern])
  expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining('The gateway is at version 5.') })
  expect(put()).toMatchObject({ baseVersion: 4, note: 'Set price of openai/gpt-5-mini' })
  expect(put().config).toMatchObject({ limits: [{ name: 'l' }] })
  expect(put().config.prices).toEqual([
    {
      ...mini,
      tiers: [
        { aboveInputTokens: 200_000, inputUsd: 3, outputUsd: 9, cachedInputUsd: 0.5 },
        { aboveInputTokens: 1_000_000, inputUsd: 5, outputUsd: 15 },
      ],
    },
    pattern,
  ])
})

test('a price begins with what the list charges, tiers included; none takes a price away', async () => {
  await cli(['set', 'openai/gpt-5', '--output', '9', '--cached-input', 'none'], [mini])
  expect(put().config.prices).toEqual([
    mini,
    { model: 'openai/gpt-5', inputUsd: 1.25, outputUsd: 9, tiers: [tier] },
  ])
  await cli(['set', 'openai/gpt-5', '--tier', 'none', '--search', '0.02'])
  expect(priceSet()).toEqual({
    model: 'openai/gpt-5',
    inputUsd: 1.25,
    outputUsd: 10,
    cachedInputUsd: 0.125,
    searchUsd: 0.02,
  })
})

test('every field of a price has an option', async () => {
  const tokens = [
    'input',
    'output',
    'cached-input',
    'cache-write',
    'cache-write-hour',
    'audio-input',
    'audio-output',
  ]
  const units = [
    'image-input',
    'image-output',
    'request',
    'image',
    'audio-hour',
    'characters',
    'search',
    'search-call',
    'file-search',
    'container',
  ]
  const args = [...tokens, ...units].flatMap((name, index) => [`--${name}`, String(index)])
  await cli([
    'set',
    'a/*',
    ...args,
    '--batch-share',
    '0.5',
    '--image-kind',
    'hd/1024x1024=0.08',
    '--image-kind',
    'low=0.01',
  ])
  expect(priceSet()).toEqual({
    model: 'a/*',
    inputUsd: 0,
    outputUsd: 1,
    cachedInputUsd: 2,
    cacheWriteUsd: 3,
    cacheWriteHourUsd: 4,
    audioInputUsd: 5,
    audioOutputUsd: 6,
    imageInputUsd: 7,
    imageOutputUsd: 8,
    requestUsd: 9,
    imageUsd: 10,
    audioHourUsd: 11,
    charactersUsd: 12,
    searchUsd: 13,
    searchCallUsd: 14,
    fileSearchUsd: 15,
    containerUsd: 16,
    batchShare: 0.5,
    imageKindsUsd: { 'hd/1024x1024': 0.08, low: 0.01 },
  })
})

test.each([
  [['--input', 'much'], '--input: "much" is no price'],
  [['--input', '-1'], '--input: "-1" is no price'],
  [['--input', ''], '--input: "" is no price'],
  [['--batch-share', '2'], '--batch-share: "2" is no price: give a number from 0 to 1'],
  [['--input', '1'], '--output: give inputUsd and outputUsd together'],
  [[], 'give inputUsd and outputUsd, or the price of a unit'],
  [['--image-kind', 'hd'], '--image-kind: "hd" is not kind=usd'],
  [['--tier', 'input=1 output=2'], '"input=1 output=2" must begin with a number of input tokens'],
  [['--tier', '200kb input=1 output=2'], 'must begin with a number of input tokens'],
  [['--tier', '200k input=1'], '"200k input=1" does not say what output tokens cost'],
  [['--tier', '200k input=1 output=x'], '--tier "200k input=1 output=x": output: "x" is no price'],
  [['--tier', '200k in=1'], '"in=1" of "200k in=1" is no price of tokens'],
  [['--tier', '1k input=1 output=1', '--tier', '1000 input=2 output=2'], 'two tiers above 1000 input tokens'],
])('%j is refused, naming option and value', async (args, message) => {
  const result = await cli(['set', 'a/b', ...args])
  expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining(message) })
  expect(put()).toBeUndefined()
})

test('a price of your own is removed; one that is not there is told with those that are', async () => {
  await cli(['remove', 'local/*'], [mini, pattern])
  expect(put().config.prices).toEqual([mini])
  const wrong = await cli(['remove', 'local/x'], [mini, pattern])
  expect(wrong).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('There are: openai/gpt-5-mini, local/*.'),
  })
})
