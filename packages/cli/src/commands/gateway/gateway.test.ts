import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gatewayConfig } from '@ratchet/contract'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startFakeApi, type FakeApi } from '../../testing/fake-api.ts'
import { runTestCli } from '../../testing/test-io.ts'

let folder: string
let api: FakeApi | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-gateway-'))
  writeFileSync(join(folder, 'gateway.yaml'), 'routes: []\n')
})
afterEach(async () => {
  await api?.stop()
  api = undefined
  rmSync(folder, { recursive: true, force: true })
})

type Handlers = Parameters<typeof startFakeApi>[0]

async function cli(args: string[], handlers: Handlers, more: { stdin?: string; variables?: object } = {}) {
  await api?.stop()
  api = await startFakeApi(handlers)
  const environment = { RATCHET_URL: api.url, RATCHET_KEY: 'rk_test_0123456789abcdef', ...more.variables }
  return runTestCli(args, { environment, folder, ...(more.stdin === undefined ? {} : { stdin: more.stdin }) })
}

const at = '2026-11-21T12:00:00.000Z'
const config = gatewayConfig.parse({
  routes: [
    {
      name: 'chat',
      strategy: 'weighted',
      targets: [{ model: 'openai/gpt-5', weight: 3 }, { model: 'claude/opus' }],
      retries: { attempts: 2 },
    },
  ],
})
const change = {
  kind: 'changed',
  section: 'routes',
  name: 'chat',
  fields: [
    { path: 'targets[0].weight', before: 1, after: 3 },
    { path: 'hedgeAfterMs', after: 500 },
  ],
}
const planned = (parts: object) => ({
  'POST /api/v1/gateway/config/plan': () => ({
    json: {
      baseVersion: 4,
      config,
      connections: [],
      changes: [],
      connectionChanges: [],
      problems: [],
      ...parts,
    },
  }),
})
const written = {
  'PUT /api/v1/gateway/config': () => ({
    json: { version: 5, config, author: 'test', note: '', at, changes: [change], warnings: [] },
  }),
}
const bodyOf = (method: string, path: string) =>
  api?.calls.find((call) => call.method === method && call.path === path)?.body

test('apply shows each field that changes, then changes it', async () => {
  const result = await cli(['apply', '-f', 'gateway.yaml', '--note', 'why'], {
    ...planned({ changes: [change] }),
    ...written,
  })
  expect(result).toMatchObject({
    code: 0,
    stdout:
      '~ route chat\n  ~ targets[0].weight: 1 → 3\n  + hedgeAfterMs: 500\nThe gateway is at version 5.\n',
  })
  expect(bodyOf('POST', '/api/v1/gateway/config/plan')).toEqual({
    text: 'routes: []\n',
    file: 'gateway.yaml',
  })
  expect(bodyOf('PUT', '/api/v1/gateway/config')).toMatchObject({ baseVersion: 4, note: 'why' })
})

test('an item that comes is shown as a person would write it', async () => {
  const [route] = config.routes
  const added = { kind: 'added', section: 'routes', name: 'chat', fields: [], after: route }
  const { stdout } = await cli(['apply', '--plan'], planned({ changes: [added] }))
  expect(stdout).toBe(`+ route chat
+     strategy: weighted
+     targets:
+       - model: openai/gpt-5
+         weight: 3
+       - model: claude/opus
+     retries:
+       attempts: 2
Version 4 differs from the file.
`)
})

test('a plan changes nothing and ends with 3 when something differs, else with 0', async () => {
  const differs = await cli(['apply', '--plan', '--json'], planned({ changes: [change] }))
  expect(differs.code).toBe(3)
  expect(JSON.parse(differs.stdout)).toMatchObject({ drift: true, baseVersion: 4, changes: [change] })
  const same = await cli(['apply', '--plan'], planned({}))
  expect(same).toMatchObject({ code: 0, stdout: 'Version 4 is what the file says.\n' })
  expect(bodyOf('PUT', '/api/v1/gateway/config')).toBeUndefined()
})

test('nothing to change is said and no version is written', async () => {
  const result = await cli(['apply', '-f', '-'], planned({}), { stdin: 'routes: []' })
  expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing to change: version 4') })
  expect(bodyOf('POST', '/api/v1/gateway/config/plan')).toMatchObject({ file: 'standard input' })
})

test('what is wrong with a file is shown by line and column, with the way out, and ends with 2', async () => {
  const problem = {
    severity: 'error',
    path: 'routes[0].targets[0].model',
    message: 'There is no connection "opnai".',
    suggestion: 'Did you mean "openai"?',
    line: 4,
    column: 16,
  }
  const result = await cli(['apply'], planned({ problems: [problem] }))
  expect(result.code).toBe(2)
  expect(result.stderr).toContain('gateway.yaml has 1 error; nothing was changed.')
  expect(result.stderr).toContain(
    'gateway.yaml:4:16: routes[0].targets[0].model: There is no connection "opnai".\n    Did you mean "openai"?',
  )
})

test('a file that is not there is named', async () => {
  const result = await cli(['apply', '-f', 'missing.yaml'], {})
  expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining('missing.yaml') })
})

const connection = { name: 'claude', provider: 'anthropic', settings: {}, keys: [], allowPrivate: false }
const claude = (kind: string, keyPreviews: string[], fields: object[] = []) => ({
  connections: [{ ...connection, key: 'env:CLAUDE_KEY' }],
  connectionChanges: [{ name: 'claude', kind, fields, keyPreviews }],
})
const stored = { id: '01900000-0000-7000-8000-000000000002', preview: '9fK2', addedAt: at }
const shown = {
  ...connection,
  id: '01900000-0000-7000-8000-000000000001',
  keys: [],
  origin: 'stored',
  createdAt: at,
}
const connectionCalls = {
  'POST /api/v1/connections': () => ({ json: { connection: shown } }),
  'PATCH /api/v1/connections/claude': () => ({ json: { connection: shown } }),
  'POST /api/v1/connections/claude/keys': () => ({ json: { key: stored } }),
}

test('a connection of the file is made with the key of its variable, which is not printed', async () => {
  const result = await cli(
    ['apply'],
    { ...planned(claude('added', [])), ...connectionCalls, ...written },
    { variables: { CLAUDE_KEY: 'sk-ant-0123456789-9fK2' } },
  )
  expect(result.code, result.stderr).toBe(0)
  expect(result.stdout).toContain('+ connection claude (anthropic)\n  + key …9fK2')
  expect(result.stdout + result.stderr).not.toContain('sk-ant-0123456789')
  expect(bodyOf('POST', '/api/v1/connections')).toMatchObject({
    name: 'claude',
    provider: 'anthropic',
    apiKey: 'sk-ant-0123456789-9fK2',
  })
})

test('a connection cannot be made without its variable, and nothing is begun', async () => {
  const result = await cli(['apply'], {
    ...planned({ ...claude('added', []), changes: [change] }),
    ...written,
  })
  expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining('CLAUDE_KEY, which is not set') })
  expect(bodyOf('PUT', '/api/v1/gateway/config')).toBeUndefined()
})

test('a key that the connection has is left; another one is added beside it', async () => {
  const variables = { CLAUDE_KEY: 'sk-ant-0123456789-9fK2' }
  const same = await cli(['apply', '--plan'], planned(claude('same', ['9fK2'])), { variables })
  expect(same.code).toBe(0)
  const withoutKeys = await cli(['apply', '--plan'], planned(claude('same', ['9fK2'])))
  expect(withoutKeys.code).toBe(0)
  const rotated = await cli(
    ['apply'],
    { ...planned(claude('same', ['aaaa'])), ...connectionCalls, ...written },
    { variables },
  )
  expect(rotated.stdout).toContain('~ connection claude\n  + key …9fK2')
  expect(bodyOf('POST', '/api/v1/connections/claude/keys')).toEqual({ apiKey: variables.CLAUDE_KEY })
})

test('a key follows to another host only when it is entered again', async () => {
  const fields = [
    { path: 'baseUrl', before: 'https://api.anthropic.com/v1', after: 'https://proxy.example.com/v1' },
    { path: 'settings.beta', before: 'x' },
  ]
  await cli(
    ['apply'],
    { ...planned(claude('changed', ['9fK2'], fields)), ...connectionCalls, ...written },
    { variables: { CLAUDE_KEY: 'sk-ant-new-0123456789' } },
  )
  expect(bodyOf('PATCH', '/api/v1/connections/claude')).toEqual({
    baseUrl: 'https://proxy.example.com/v1',
    settings: { beta: '' },
    apiKey: 'sk-ant-new-0123456789',
  })
})

test('a connection does not change its provider', async () => {
  const fields = [{ path: 'provider', before: 'openai', after: 'anthropic' }]
  const result = await cli(['apply'], planned(claude('changed', [], fields)))
  expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining('ratchet connections remove') })
})

test('show prints a file that means the same, without what it would be anyway', async () => {
  const handlers = {
    'GET /api/v1/gateway/config': () => ({ json: { version: 5, config, author: 'ada', note: '', at } }),
  }
  const { stdout } = await cli(['gateway', 'show'], handlers)
  expect(stdout).toBe(`# Version 5 of the gateway configuration, by ada at ${at}
routes:
  - name: chat
    strategy: weighted
    targets:
      - model: openai/gpt-5
        weight: 3
      - model: claude/opus
    retries:
      attempts: 2
`)
})

test('history lists versions, and rollback writes the earlier one again', async () => {
  const items = [{ version: 4, author: 'ada', note: 'cheaper', at, changes: 2 }]
  const history = await cli(['gateway', 'history'], {
    'GET /api/v1/gateway/config/versions': () => ({ json: { items } }),
  })
  expect(history.stdout).toMatch(/4 .*2 .*ada .*cheaper/)
  const current = { version: 4, config, author: 'ada', note: '', at }
  const rolled = await cli(['gateway', 'rollback', '2'], {
    'GET /api/v1/gateway/config': () => ({ json: current }),
    'GET /api/v1/gateway/config/versions/2': () => ({ json: { ...current, version: 2 } }),
    ...written,
  })
  expect(rolled.stdout).toContain('The gateway is at version 5, as it was at version 2.')
  expect(bodyOf('PUT', '/api/v1/gateway/config')).toMatchObject({
    baseVersion: 4,
    note: 'Back to version 2',
  })
  const wrong = await cli(['gateway', 'rollback', 'two'], {})
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('whole number') })
})

const models = {
  'GET /api/v1/models': () => ({
    json: {
      items: [
        { id: 'app/docs', connection: 'app', kind: 'chat', note: 'A deployed app.' },
        {
          id: 'openai/gpt-5',
          connection: 'openai',
          kind: 'chat',
          price: {
            inputNano: 1.25e9,
            outputNano: 1e10,
            cachedInputNano: 1.25e8,
            source: 'genai-prices 0.1.8',
            tiers: [{ aboveInputTokens: 272_000, inputNano: 2.5e9, outputNano: 2e10 }],
          },
        },
        { id: 'local/llama', connection: 'local', kind: 'chat' },
      ],
    },
  }),
}

test('models list shows names to call, and only those of a connection when asked', async () => {
  const all = await cli(['models', 'list'], models)
  expect(all.stdout).toMatch(
    /app\/docs[\s\S]*openai\/gpt-5 +chat +\$1\.25 \/ \$10[\s\S]*local\/llama +chat +unknown/,
  )
  const some = await cli(['models', 'list', '-c', 'local', '--json'], models)
  expect(JSON.parse(some.stdout).items).toHaveLength(1)
  const none = await cli(['models', 'list', '-c', 'lokal'], models)
  expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('app, openai, local') })
})

test('a file of nothing takes nothing away: it is what a command leaves that failed before the pipe', async () => {
  writeFileSync(join(folder, 'gateway.yaml'), ' \n')
  for (const [args, name] of [
    [['apply', '--yes'], 'gateway.yaml'],
    [['apply', '-f', '-'], 'Standard input'],
  ] as const) {
    const result = await cli([...args], planned({}), { stdin: '' })
    expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining(`${name} is empty`) })
    expect(api?.calls).toEqual([])
  }
})
