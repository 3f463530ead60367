import { gatewayConfig, type Connection } from '@ratchet/contract'
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { accessMigrations } from '#features/access'
import {
  bootstrapKey as key,
  makeTestClock,
  sendRequest as send,
  startTestAccess,
} from '#features/access/testing'
import type { HttpApp } from '#platform/http/http-app.ts'
import type { Postgres } from '#platform/postgres/open-postgres.ts'
import { eachPostgres } from '#platform/testing/engines.ts'
import {
  gatewayConfigMigrations,
  makeGatewayConfig,
  mountGatewayConfigRoutes,
  type GatewayConfigs,
} from './index.ts'

const clock = makeTestClock()
const path = '/api/v1/gateway/config'
const existing: Connection = {
  id: '01900000-0000-7000-8000-000000000001',
  name: 'openai',
  provider: 'openai',
  baseUrl: 'https://api.openai.com/v1',
  settings: {},
  keys: [
    { id: '01900000-0000-7000-8000-000000000002', preview: '9fK2', addedAt: '2026-11-21T12:00:00.000Z' },
  ],
  allowPrivate: false,
  origin: 'stored',
  createdAt: '2026-11-21T12:00:00.000Z',
}
const route = (name: string, ...models: string[]) => ({ name, targets: models.map((model) => ({ model })) })

eachPostgres((open) => {
  let postgres: Postgres
  let api: HttpApp
  let project: string
  let configs: GatewayConfigs
  let changes = 0

  beforeAll(async () => {
    postgres = await open([...accessMigrations, ...gatewayConfigMigrations])
    ;({ api, project } = await startTestAccess(postgres, { clock }))
    configs = makeGatewayConfig({
      db: postgres.db,
      clock,
      facts: async () => ({
        connections: [{ name: 'openai', provider: 'openai', models: [] }],
        environments: ['development'],
        apps: [],
      }),
      connections: async () => [existing],
    })
    configs.onChange(() => (changes += 1))
    mountGatewayConfigRoutes(api, configs)
  })

  const put = (baseVersion: number, config: object, more: object = {}) =>
    send(api, 'PUT', path, { key, body: { baseVersion, config, ...more } })
  const get = async (version?: number) =>
    (await send(api, 'GET', version === undefined ? path : `${path}/versions/${version}`, { key })).body

  test('a project begins with version 0, which is empty', async () => {
    expect(await get()).toMatchObject({ version: 0, author: '', config: { routes: [], limits: [] } })
    expect(await get(0)).toMatchObject({ version: 0 })
    expect(await configs.configsForSnapshot()).toEqual([])
  })

  test('a change makes the next version, says what it changed, and is told to the gateway', async () => {
    const { status, body } = await put(0, { routes: [route('chat', 'openai/gpt-5')] }, { note: 'first' })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      version: 1,
      note: 'first',
      at: new Date(clock.now()).toISOString(),
      changes: [{ kind: 'added', section: 'routes', name: 'chat' }],
      warnings: [],
    })
    expect(changes).toBe(1)
    const [{ project: of, config } = { project: '', config: undefined }] = await configs.configsForSnapshot()
    expect(of).toBe(project)
    expect(config).toEqual(gatewayConfig.parse({ routes: [route('chat', 'openai/gpt-5')] }))
    expect(await configs.configOf(project)).toEqual(config)
  })

  test('the same configuration again makes no version', async () => {
    const { body } = await put(1, { routes: [route('chat', 'openai/gpt-5')] })
    expect(body).toMatchObject({ version: 1, changes: [], note: 'first' })
    expect(changes).toBe(1)
  })

  test('a change from an old version is a conflict that names what came in between, and by whom', async () => {
    await put(1, { routes: [route('chat', 'openai/gpt-5-mini')] })
    const { status, body } = await put(1, { routes: [] })
    expect(status).toBe(409)
    expect(body.error).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('routes "chat" was changed'),
      details: {
        baseVersion: 1,
        currentVersion: 2,
        changes: [{ name: 'chat', fields: [{ path: 'targets[0].model' }] }],
      },
    })
    expect((await put(7, { routes: [] })).body.error.message).toContain('There is no version 7')
  })

  test('of many writers at once exactly one succeeds', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => put(2, { routes: [route(`chat-${index}`, 'openai/gpt-5')] })),
    )
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1)
    expect(answers.filter((answer) => answer.status === 409)).toHaveLength(7)
    expect((await get()).version).toBe(3)
  })

  test('a configuration with errors is refused with each place; warnings come with the answer', async () => {
    const { status, body } = await put(3, {
      routes: [route('chat', 'opnai/gpt-5'), route('chat', 'openai/gpt-5')],
    })
    expect(status).toBe(400)
    expect(body.error.message).toContain('"chat" is taken by routes[0]. (and 1 more)')
    expect(body.error.details.problems).toContainEqual(
      expect.objectContaining({ suggestion: 'Did you mean "openai"?' }),
    )
    expect(body.error.details.issues.map((issue: { field: string }) => issue.field).toSorted()).toEqual([
      'routes[0].targets[0].model',
      'routes[1].name',
    ])
    expect((await get()).version).toBe(3)
    const warned = await put(3, { caches: [{ name: 'unused' }] })
    expect(warned.body.warnings).toMatchObject([{ severity: 'warning', path: 'caches[0].name' }])
  })

  test('a form that is wrong is refused by field', async () => {
    const { status, body } = await put(4, { routes: [{ name: 'No Slug', targets: [] }] })
    expect(status).toBe(400)
    expect(JSON.stringify(body.error)).toContain('routes.0.name')
  })

  test('a plan changes nothing and says what would change and what is wrong', async () => {
    const plan = (body: object) => send(api, 'POST', `${path}/plan`, { key, body })
    const { body } = await plan({ config: { routes: [route('new', 'later/model')] } })
    expect(body).toMatchObject({
      baseVersion: 4,
      changes: [
        { kind: 'added', name: 'new' },
        { kind: 'removed', section: 'caches', name: 'unused' },
      ],
      problems: [{ severity: 'error', path: 'routes[0].targets[0].model' }],
    })
    expect((await plan({})).body.error.message).toContain('either "config" or "text"')
    expect((await get()).version).toBe(4)
  })

  const planFile = async (text: string) =>
    (await send(api, 'POST', `${path}/plan`, { key, body: { text, file: 'gateway.yaml' } })).body

  test('a file is planned with its connections, and problems name line and column', async () => {
    const good = await planFile(`
connections:
  - name: later
    provider: groq
    key: env:GROQ_API_KEY
  - name: openai
    provider: openai
    settings: { organization: org-1 }
routes:
  - name: new
    targets:
      - model: later/llama
`)
    expect(good.problems).toEqual([])
    expect(good.config.routes).toMatchObject([{ name: 'new', strategy: 'ordered' }])
    expect(good.connectionChanges).toMatchObject([
      { name: 'later', kind: 'added' },
      {
        name: 'openai',
        kind: 'changed',
        fields: [{ path: 'settings.organization', after: 'org-1' }],
        keyPreviews: ['9fK2'],
      },
    ])
    const bad = await planFile(
      'routes:\n  - name: new\n    targets:\n      - model: opnai/gpt-5\n        wieght: 2\n',
    )
    expect(bad).toMatchObject({
      problems: [
        {
          line: 5,
          column: 9,
          message: expect.stringContaining('"wieght"'),
          suggestion: 'Did you mean "weight"?',
        },
      ],
    })
    expect(bad.config).toBeUndefined()
    const unknown = await planFile('routes:\n  - name: new\n    targets:\n      - model: opnai/gpt-5\n')
    expect(unknown.problems).toMatchObject([{ line: 4, column: 16, suggestion: 'Did you mean "openai"?' }])
  })

  test('a condition is explained by the form that it comes closest to', async () => {
    const rule = (when: string) =>
      `routes:\n  - name: a\n    rules:\n      - when: ${when}\n        targets: [{ model: openai/x }]\n`
    const messageOf = async (when: string) => (await planFile(rule(when))).problems[0]?.message
    expect(await messageOf('{ field: usr, equals: x }')).toContain('use model, route, environment')
    expect(await messageOf('{ all: [{ field: user, equls: x }] }')).toContain('"equls"')
    expect(await messageOf('{ all: [] }')).toContain('>=1')
  })

  test('a key that stands in the file is refused and not repeated', async () => {
    const { problems } = await planFile(
      'connections:\n  - name: openai\n    provider: openai\n    key: sk-very-secret\n',
    )
    expect(problems).toMatchObject([{ line: 4, message: expect.stringContaining('env:NAME') }])
    expect(JSON.stringify(problems)).not.toContain('very-secret')
  })

  test('an empty file is the empty configuration; text that is no YAML says where', async () => {
    expect((await planFile('')).changes).toMatchObject([{ kind: 'removed', section: 'caches' }])
    expect((await planFile('routes: [')).problems).toMatchObject([{ line: 1 }])
  })

  test('versions are listed newest first in pages, and each can be read', async () => {
    const first = await send(api, 'GET', `${path}/versions?limit=3`, { key })
    expect(first.body.items.map((item: { version: number }) => item.version)).toEqual([4, 3, 2])
    expect(first.body.items[0]).toMatchObject({ changes: 2, note: '' })
    const rest = await send(api, 'GET', `${path}/versions?limit=3&cursor=${first.body.nextCursor}`, { key })
    expect(rest.body.items).toMatchObject([{ version: 1, note: 'first' }])
    expect((await get(1)).config.routes).toMatchObject([{ name: 'chat' }])
    const missing = await send(api, 'GET', `${path}/versions/99`, { key })
    expect(missing.body.error.message).toContain('the newest is 4')
  })

  test('what was changed after a file was applied is drift; a file that says the same takes it away', async () => {
    expect((await get()).lastApplied).toBeUndefined()
    const { version, config } = await get()
    const fromFile = { ...config, routes: [route('chat', 'openai/gpt-5')] }
    const applied = await put(version, fromFile, { file: 'gateway.yaml' })
    expect(applied.body).toMatchObject({ version: version + 1, file: 'gateway.yaml' })
    expect((await get()).lastApplied).toMatchObject({
      version: version + 1,
      file: 'gateway.yaml',
      changes: [],
    })
    await put(version + 1, { ...fromFile, routes: [...fromFile.routes, route('by-hand', 'openai/gpt-5')] })
    expect((await get()).lastApplied).toMatchObject({
      version: version + 1,
      changes: [{ kind: 'added', section: 'routes', name: 'by-hand' }],
    })
    const listed = await send(api, 'GET', `${path}/versions?limit=2`, { key })
    expect(listed.body.items.map((item: { file?: string }) => item.file)).toEqual([undefined, 'gateway.yaml'])
    await put(version + 2, fromFile, { file: 'gateway.yaml' })
    expect((await get()).lastApplied).toMatchObject({ version: version + 3, changes: [] })
    // The tests after this one go on from where this one began.
    expect((await put(version + 3, config)).status).toBe(200)
  })

  test('a version never changes', async () => {
    const change = sql`update gateway_configs set note = 'forged' where version = 1`.execute(postgres.db)
    await expect(change).rejects.toThrow('never change')
    await expect(sql`delete from gateway_configs`.execute(postgres.db)).rejects.toThrow('never change')
  })

  test('a project sees its own configuration only', async () => {
    await send(api, 'POST', '/api/v1/projects', { key, body: { name: 'other' } })
    const headers = { 'x-ratchet-project': 'other' }
    expect((await send(api, 'GET', path, { key, headers })).body.version).toBe(0)
    const body = { baseVersion: 0, config: { routes: [route('mine', 'openai/gpt-5')] } }
    expect((await send(api, 'PUT', path, { key, headers, body })).body.version).toBe(1)
    expect((await get()).config.routes.map(({ name }: { name: string }) => name)).not.toContain('mine')
    expect(await configs.configsForSnapshot()).toHaveLength(2)
  })
})
