import { afterEach, expect, test } from 'vitest'
import { startFakeApi, type FakeApi } from '../../testing/fake-api.ts'
import { runTestCli } from '../../testing/test-io.ts'

const at = '2026-11-21T12:00:00.000Z'
const id = '01900000-0000-7000-8000-000000000002'
const otherId = '01900000-0000-7000-8000-000000000003'
const connection = {
  id,
  name: 'any',
  provider: 'openai',
  baseUrl: 'https://api.example.com/v1',
  settings: {},
  keys: [],
  allowPrivate: false,
  origin: 'stored',
  createdAt: at,
}
const passed = { ok: true, message: 'answers with 1 model.', latencyMs: 12, models: ['small'] }

let api: FakeApi | undefined
afterEach(async () => {
  await api?.stop()
  api = undefined
})

async function cli(args: string[], handlers: Parameters<typeof startFakeApi>[0], more = {}) {
  api = await startFakeApi(handlers)
  const environment = { RATCHET_URL: api.url, RATCHET_KEY: 'rk_test_0123456789abcdef', NEW_KEY: 'sk-new' }
  return runTestCli(args, { environment, ...more })
}

async function bodyOfAdd(name: string, ...args: string[]) {
  const result = await cli(['connections', 'add', name, ...args], {
    'POST /api/v1/connections': () => ({ json: { connection } }),
    [`POST /api/v1/connections/${name}/test`]: () => ({ json: passed }),
  })
  expect(result.code, result.stderr).toBe(0)
  const { body } = api?.calls.find(({ path }) => path === '/api/v1/connections') ?? {}
  await api?.stop()
  return body
}

test('a connection that is named after a provider is to it, unless it has an address of its own', async () => {
  expect(await bodyOfAdd('groq', '--key', 'env:NEW_KEY')).toEqual({
    name: 'groq',
    provider: 'groq',
    settings: {},
    allowPrivate: false,
    apiKey: 'sk-new',
  })
  expect(await bodyOfAdd('groq', '--base-url', 'http://10.0.0.1/v1')).toMatchObject({
    provider: 'openai-compatible',
  })
  expect(await bodyOfAdd('claude', '--provider', 'anthropic')).toMatchObject({ provider: 'anthropic' })
})

test('settings are pairs, and what is not a pair is refused with an example', async () => {
  expect(
    await bodyOfAdd('vertex', '--setting', 'project=shop', '--setting', 'location=europe-west4'),
  ).toMatchObject({ settings: { project: 'shop', location: 'europe-west4' } })
  const wrong = await cli(['connections', 'add', 'bedrock', '--setting', 'eu-central-1'], {})
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('region=eu-central-1') })
})

test('what the server misses ends with exit code 2 and its name', async () => {
  const message = 'A connection to AWS Bedrock needs region (Region such as eu-central-1).'
  const result = await cli(['connections', 'add', 'bedrock', '--key', 'ABSK'], {
    'POST /api/v1/connections': () => ({
      status: 400,
      json: { error: { code: 'validation_failed', message } },
    }),
  })
  expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining('needs region') })
})

test('a variable that is not set is named', async () => {
  const result = await cli(['connections', 'add', 'openai', '--key', 'env:NOT_SET'], {})
  expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining('NOT_SET is not set') })
})

const keys = [
  { id, preview: '9fK2', addedAt: at, lastUsedAt: at },
  { id: otherId, preview: 'aaaa', addedAt: at },
]
const listed = { 'GET /api/v1/connections/openai/keys': () => ({ json: { items: keys } }) }

test('keys are listed, added from standard input, and removed by their end', async () => {
  const shown = await cli(['connections', 'keys', 'list', 'openai'], listed)
  expect(shown.stdout).toMatch(/…9fK2 .*ago[\s\S]*…aaaa .*never/)
  await api?.stop()
  const added = await cli(
    ['connections', 'keys', 'add', 'openai', '--key', '-'],
    { 'POST /api/v1/connections/openai/keys': () => ({ json: { key: keys[1] } }) },
    { stdin: 'sk-typed\n' },
  )
  expect(added).toMatchObject({ code: 0, stdout: 'Added key …aaaa to openai.\n' })
  expect(api?.calls.at(-1)?.body).toEqual({ apiKey: 'sk-typed' })
  await api?.stop()
  const removed = await cli(['connections', 'keys', 'remove', 'openai', '…aaaa', '--json'], {
    ...listed,
    [`DELETE /api/v1/connections/openai/keys/${otherId}`]: () => ({ json: { deleted: true } }),
  })
  expect(JSON.parse(removed.stdout)).toMatchObject({ id: otherId, deleted: true })
  expect(removed.stderr).not.toContain('no key now')
})

test('removing the last key says that calls may be refused, and how to add another', async () => {
  const removed = await cli(['connections', 'keys', 'remove', 'openai', '…aaaa'], {
    'GET /api/v1/connections/openai/keys': () => ({ json: { items: keys.slice(1) } }),
    [`DELETE /api/v1/connections/openai/keys/${otherId}`]: () => ({ json: { deleted: true } }),
  })
  expect(removed).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('ratchet connections keys add openai'),
  })
})

test('a key that the connection does not have is answered with those it has', async () => {
  const result = await cli(['connections', 'keys', 'remove', 'openai', 'zzzz'], listed)
  expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining('…9fK2') })
})

test('keys add without a key says how to give one', async () => {
  const result = await cli(['connections', 'keys', 'add', 'openai'], {})
  expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining('--key env:NAME') })
})
