import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accessMigrations, type Access } from '#features/access'
import {
  bootstrapKey as key,
  makeTestClock,
  sendRequest as send,
  startTestAccess,
} from '#features/access/testing'
import type { HttpApp } from '#platform/http/http-app.ts'
import type { Postgres } from '#platform/postgres/open-postgres.ts'
import { projectKeysMigration } from '#platform/secrets/project-keys.ts'
import type { SecretStore } from '#platform/secrets/secret-store.ts'
import { eachPostgres } from '#platform/testing/engines.ts'
import { catalogMigrations, mountCatalogRoutes, type Catalog, type CatalogParts } from './index.ts'
import { makeTestCatalog as makeCatalog, makeTestSecrets, serveProvider } from './testing/index.ts'

const clock = makeTestClock()
const credential = 'sk-test-0123456789abcdef'
let stopProvider: () => void
let providerUrl = ''
let answer: (request: IncomingMessage, response: ServerResponse) => void = () => undefined
const list = (...models: string[]) =>
  JSON.stringify({ object: 'list', data: models.map((id) => ({ id, object: 'model' })) })
const replyWith = (status: number, body: string, type = 'application/json') => {
  answer = (_, response) => void response.writeHead(status, { 'content-type': type }).end(body)
}

beforeAll(async () => {
  const provider = await serveProvider((request, response) => answer(request, response))
  providerUrl = provider.url
  stopProvider = provider.stop
})
afterAll(() => stopProvider())

eachPostgres((open) => {
  let postgres: Postgres
  let access: Access
  let api: HttpApp
  let project: string
  let secrets: SecretStore
  let catalog: Catalog
  let changes = 0
  const makeTestCatalog = (more: Partial<CatalogParts> = {}): Catalog =>
    makeCatalog(postgres, {
      clock,
      secrets,
      deployedApps: async () => ['docs-assistant'],
      resolve: async (host) => {
        if (host === 'nowhere.example') throw Object.assign(new Error('no such host'), { code: 'ENOTFOUND' })
        return host === 'inside.example' ? ['10.0.0.7'] : ['8.8.8.8']
      },
      ...more,
    })

  beforeAll(async () => {
    postgres = await open([...accessMigrations, projectKeysMigration, ...catalogMigrations])
    secrets = makeTestSecrets(postgres)
    ;({ access, api, project } = await startTestAccess(postgres, { clock }))
    catalog = makeTestCatalog()
    catalog.onChange(() => (changes += 1))
    await (
      await catalog.start([project], project)
    ).settled
    access.onProjectCreated(catalog.addProject)
    mountCatalogRoutes(api, catalog)
  })

  const create = (body: object, headers = {}) =>
    send(api, 'POST', '/api/v1/connections', {
      key,
      body: { provider: 'openai-compatible', ...body },
      headers,
    })
  const patch = (name: string, body: object) =>
    send(api, 'PATCH', `/api/v1/connections/${name}`, { key, body })
  const stored = async (name: string) =>
    (
      await sql<any>`select * from connections where name = ${name} and project_id = ${project}`.execute(
        postgres.db,
      )
    ).rows[0]

  const storedKeys = async (name: string) =>
    (
      await sql<any>`select k.* from connection_keys k join connections c on c.id = k.connection_id
        where c.name = ${name} and c.project_id = ${project} order by k.added_at`.execute(postgres.db)
    ).rows

  test('every project has the built-in connection, which says that it is not a language model', async () => {
    const { body } = await send(api, 'GET', '/api/v1/connections', { key })
    expect(body.items).toMatchObject([{ name: 'offline', provider: 'offline', origin: 'built-in' }])
    const models = await send(api, 'GET', '/api/v1/models', { key })
    expect(models.body.items.map((model: any) => model.id)).toEqual([
      'app/docs-assistant',
      'offline/extractive',
      'offline/embedding',
      'offline/rerank',
    ])
    expect(models.body.items[1].note).toContain('not a language model')
    const tested = await send(api, 'POST', '/api/v1/connections/offline/test', { key })
    expect(tested.body).toMatchObject({ ok: true, models: ['extractive', 'embedding', 'rerank'] })
    await send(api, 'POST', '/api/v1/projects', { key, body: { name: 'second' } })
    const other = await send(api, 'GET', '/api/v1/connections', {
      key,
      headers: { 'x-ratchet-project': 'second' },
    })
    expect(other.body.items).toMatchObject([{ name: 'offline' }])
  })

  test('a credential is encrypted, shown only by its end, and opens for the gateway', async () => {
    const before = changes
    const { status, body } = await create({
      name: 'main',
      baseUrl: 'https://api.example.com/v1/',
      apiKey: credential,
    })
    expect(status).toBe(200)
    expect(body.connection).toMatchObject({
      name: 'main',
      baseUrl: 'https://api.example.com/v1',
      keyPreview: 'cdef',
      origin: 'stored',
    })
    expect(JSON.stringify(body)).not.toContain(credential)
    const [row] = await storedKeys('main')
    expect(Buffer.from(row.credential).includes(credential)).toBe(false)
    const snapshot = (await catalog.connectionsForSnapshot()).find((each) => each.name === 'main')
    expect(snapshot).toMatchObject({
      project,
      baseUrl: 'https://api.example.com/v1',
      credentials: [{ value: credential }],
      allowPrivate: false,
    })
    expect(changes).toBe(before + 1)
  })

  test('a credential copied into another row does not open, and only that connection is left out', async () => {
    await create({ name: 'thief', baseUrl: 'https://evil.example.com/v1', apiKey: 'sk-other-0123456789' })
    const [[thief], [main]] = [await storedKeys('thief'), await storedKeys('main')]
    await sql`update connection_keys t set key_id = m.key_id, credential = m.credential
      from connection_keys m where t.id = ${thief.id} and m.id = ${main.id}`.execute(postgres.db)
    const names = (await catalog.connectionsForSnapshot()).map((each) => each.name)
    expect(names).toContain('main')
    expect(names).not.toContain('thief')
    expect((await send(api, 'DELETE', '/api/v1/connections/thief', { key })).body).toEqual({ deleted: true })
  })

  test('rotating the project key encrypts every credential anew', async () => {
    const [before] = await storedKeys('main')
    expect((await secrets.rotate(project)).reencrypted).toBe(1)
    const [after] = await storedKeys('main')
    expect(after.key_id).not.toBe(before.key_id)
    const main = (await catalog.connectionsForSnapshot()).find((each) => each.name === 'main')
    expect(main?.credentials.map((each) => each.value)).toEqual([credential])
  })

  test.each([
    ['a loopback address', 'http://127.0.0.1:11434/v1', 'address_forbidden', '--allow-private'],
    ['a name inside a private network', 'https://inside.example/v1', 'address_forbidden', '10.0.0.7'],
    ['a mapped address', 'http://[::ffff:10.0.0.1]/v1', 'address_forbidden', 'private'],
    ['a decimal address', 'http://2130706433/v1', 'address_forbidden', '127.0.0.1'],
    ['a metadata service', 'http://169.254.169.254/v1', 'address_forbidden', 'not an address'],
    [
      'credentials in the address',
      'https://user:secret@api.example.com/v1',
      'validation_failed',
      'apiKey instead',
    ],
    ['a query', 'https://api.example.com/v1?key=1', 'validation_failed', 'base address only'],
    [
      'the address of one call',
      'https://api.example.com/v1/chat/completions',
      'validation_failed',
      'Leave "/chat/completions" out',
    ],
    ['another protocol', 'file:///etc/passwd', 'validation_failed', 'baseUrl'],
  ])('%s is refused with the way out', async (_, baseUrl, code, hint) => {
    const { body } = await create({ name: 'refused', baseUrl })
    expect(body.error.code).toBe(code)
    expect(body.error.message).toContain(hint)
    expect(body.error.message).not.toContain('user:secret')
  })

  test('private addresses are allowed on request; metadata services never; unknown names may come later', async () => {
    expect((await create({ name: 'local', baseUrl: providerUrl, allowPrivate: true })).status).toBe(200)
    expect(
      (await create({ name: 'meta', baseUrl: 'http://169.254.169.254/v1', allowPrivate: true })).status,
    ).toBe(403)
    expect((await create({ name: 'later', baseUrl: 'https://nowhere.example/v1' })).status).toBe(200)
  })

  test('names that are taken, reserved or unknown are refused helpfully', async () => {
    expect((await create({ name: 'main', baseUrl: 'https://api.example.com/v1' })).body.error.code).toBe(
      'conflict',
    )
    expect(
      (await create({ name: 'app', baseUrl: 'https://api.example.com/v1' })).body.error.message,
    ).toContain('deployed apps')
    expect((await create({ name: 'nourl' })).body.error.message).toContain('needs a base URL')
    expect((await create({ name: 'two', provider: 'offline' })).body.error.code).toBe('conflict')
    expect((await patch('mian', {})).body.error.message).toContain('Did you mean "main"?')
    expect((await send(api, 'DELETE', '/api/v1/connections/offline', { key })).body.error.message).toContain(
      'built in',
    )
  })

  test('moving to another host asks for the credential again; on the same host it stays', async () => {
    const moved = await patch('main', { baseUrl: 'https://elsewhere.example.com/v1' })
    expect(moved.body.error.message).toContain('must be entered again')
    const same = await patch('main', { baseUrl: 'https://api.example.com/v2' })
    expect(same.body.connection).toMatchObject({ baseUrl: 'https://api.example.com/v2', keyPreview: 'cdef' })
    const both = await patch('main', {
      baseUrl: 'https://elsewhere.example.com/v1',
      apiKey: 'sk-next-9876543210',
    })
    expect(both.body.connection).toMatchObject({
      baseUrl: 'https://elsewhere.example.com/v1',
      keyPreview: '3210',
    })
  })

  test('taking the permission for private addresses away checks the address again', async () => {
    expect((await patch('local', { allowPrivate: false })).body.error.code).toBe('address_forbidden')
  })

  test('a test really asks the provider, with the credential, and remembers its models', async () => {
    let authorization: string | undefined
    answer = (request, response) => {
      authorization = `${request.method} ${request.url} ${request.headers.authorization}`
      response.setHeader('content-type', 'application/json').end(list('small', 'text-embed', 'small'))
    }
    await patch('local', { apiKey: 'sk-local-0123456789' })
    const { body } = await send(api, 'POST', '/api/v1/connections/local/test', { key })
    expect(body).toMatchObject({
      ok: true,
      models: ['small', 'text-embed'],
      message: expect.stringContaining('2 models'),
    })
    expect(authorization).toBe('GET /v1/models Bearer sk-local-0123456789')
    const models = (await send(api, 'GET', '/api/v1/models', { key })).body.items
    expect(models).toContainEqual({
      id: 'local/small',
      connection: 'local',
      kind: 'chat',
      abilities: ['streaming'],
      lacks: [],
    })
    expect(models).toContainEqual({
      id: 'local/text-embed',
      connection: 'local',
      kind: 'embedding',
      abilities: ['embeddings'],
      lacks: [],
    })
    const shown = (await send(api, 'GET', '/api/v1/connections', { key })).body.items.find(
      (each: any) => each.name === 'local',
    )
    expect(shown.lastTest).toMatchObject({ ok: true, at: new Date(clock.now()).toISOString() })
  })

  test.each([
    [
      'refuses the credential',
      401,
      JSON.stringify({ error: { message: 'Incorrect API key' } }),
      'Incorrect API key. Enter a valid API key',
    ],
    ['has no such path', 404, 'nope', 'usually ends in /v1'],
    ['sends a page', 200, '<html>', 'not with a list of models'],
    ['sends other JSON', 200, '{"models":[]}', 'not with a list of models'],
    ['redirects', 302, '', 'not followed'],
    ['fails', 500, JSON.stringify({ error: 'overloaded' }), 'answered 500: overloaded.'],
  ])(
    'a provider that %s makes a failed test that says what to do, and keeps the known models',
    async (_, status, body, hint) => {
      replyWith(status, body, body.startsWith('<') ? 'text/html' : 'application/json')
      const tested = await send(api, 'POST', '/api/v1/connections/local/test', { key })
      expect(tested.status).toBe(200)
      expect(tested.body).toMatchObject({ ok: false, models: [], message: expect.stringContaining(hint) })
      expect((await catalog.connectionsForSnapshot()).find((each) => each.name === 'local')?.models).toEqual([
        'small',
        'text-embed',
      ])
    },
  )

  test('a provider that cannot be reached makes a failed test, too', async () => {
    const closed = createServer()
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve))
    const { port } = closed.address() as AddressInfo
    await new Promise((resolve) => closed.close(resolve))
    await create({ name: 'closed', baseUrl: `http://127.0.0.1:${port}/v1`, allowPrivate: true })
    const refused = await send(api, 'POST', '/api/v1/connections/closed/test', { key })
    expect(refused.body).toMatchObject({ ok: false, message: expect.stringContaining('Nothing listens at') })
    const unknown = await send(api, 'POST', '/api/v1/connections/later/test', { key })
    expect(unknown.body.message).toContain('The name "nowhere.example" is unknown')
  })

  test('providers found in the environment and on this machine become connections whose keys are never stored', async () => {
    replyWith(200, list('llama3'))
    const found = makeTestCatalog({
      discoverProviders: true,
      environment: { OPENAI_API_KEY: credential, GROQ_API_KEY: ' ', XAI_API_KEY: 'xai-0123456789ab' },
      localServers: [
        { name: 'ollama', provider: 'ollama', baseUrl: providerUrl },
        { name: 'vllm', provider: 'vllm', baseUrl: 'http://127.0.0.1:1/v1' },
      ],
    })
    await (
      await found.start([project], project)
    ).settled
    const snapshot = await found.connectionsForSnapshot()
    const openai = snapshot.find((each) => each.name === 'openai')
    expect(openai).toMatchObject({
      project,
      credentials: [{ value: credential }],
      baseUrl: 'https://api.openai.com/v1',
    })
    expect(openai?.prices['gpt-4o-mini']).toEqual({
      inputNano: 150_000_000,
      outputNano: 600_000_000,
      searchNano: 10_000_000,
      fileSearchNano: 2_500_000,
      batchShare: 0.5,
      cachedInputNano: 75_000_000,
      source: 'genai-prices 0.1.8',
    })
    expect(openai?.prices['text-embedding-3-small']).toMatchObject({ inputNano: 20_000_000, outputNano: 0 })
    expect(snapshot.find((each) => each.name === 'ollama')).toMatchObject({
      allowPrivate: true,
      models: ['llama3'],
      prices: {},
    })
    expect(snapshot.map((each) => each.name)).not.toContain('groq')
    expect(await stored('openai')).toMatchObject({
      provider: 'openai',
      key_preview: 'cdef',
      origin: 'environment',
    })
    expect(await storedKeys('openai')).toEqual([])
    const changed = await found.update(project, 'openai', { apiKey: 'x' }).catch((error: unknown) => error)
    expect(changed).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('environment variable'),
    })

    const without = makeTestCatalog({ discoverProviders: true, environment: {}, localServers: [] })
    await (
      await without.start([project], project)
    ).settled
    const names = (await without.connectionsForSnapshot()).map((each) => each.name)
    expect(names).not.toContain('openai')
    expect(names).toContain('main')
  })

  test('a stored connection keeps its name and credential when a provider of that name is found', async () => {
    await create({ name: 'mistral', baseUrl: 'https://api.example.com/v1', apiKey: credential })
    const found = makeTestCatalog({
      discoverProviders: true,
      environment: { MISTRAL_API_KEY: 'from-environment' },
      localServers: [],
    })
    await (
      await found.start([project], project)
    ).settled
    expect((await found.connectionsForSnapshot()).find((each) => each.name === 'mistral')).toMatchObject({
      credentials: [{ value: credential }],
    })
  })

  test('a connection belongs to its project', async () => {
    const headers = { 'x-ratchet-project': 'second' }
    expect((await create({ name: 'main', baseUrl: 'https://api.example.com/v1' }, headers)).status).toBe(200)
    const removed = await send(api, 'DELETE', '/api/v1/connections/main', { key, headers })
    expect(removed.status).toBe(200)
    expect(await stored('main')).toMatchObject({ name: 'main', project_id: project })
    expect((await send(api, 'DELETE', '/api/v1/connections/local', { key, headers })).status).toBe(404)
  })
})
