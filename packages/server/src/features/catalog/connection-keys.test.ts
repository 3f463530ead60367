import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accessMigrations } from '#features/access'
import {
  bootstrapKey as key,
  makeTestClock,
  sendRequest as send,
  startTestAccess,
} from '#features/access/testing'
import type { HttpApp } from '#platform/http/http-app.ts'
import { silentLog } from '#platform/log.ts'
import { runMigrations } from '#platform/postgres/migrations.ts'
import type { Postgres } from '#platform/postgres/open-postgres.ts'
import { projectKeysMigration } from '#platform/secrets/project-keys.ts'
import type { SecretStore } from '#platform/secrets/secret-store.ts'
import { eachPostgres } from '#platform/testing/engines.ts'
import { catalogMigrations, mountCatalogRoutes, type Catalog, type CatalogParts } from './index.ts'
import { makeTestCatalog, makeTestSecrets, serveProvider } from './testing/index.ts'

const clock = makeTestClock()
const oldKey = 'sk-old-0123456789-aaaa'
const newKey = 'sk-new-0123456789-bbbb'
const oldId = '01900000-0000-7000-8000-00000000000a'

let stopProvider: () => void
let providerUrl = ''
const refused = new Set<string>()
beforeAll(async () => {
  const provider = await serveProvider((request, response) => {
    const isRefused = refused.has((request.headers.authorization ?? '').replace('Bearer ', ''))
    response.writeHead(isRefused ? 401 : 200, { 'content-type': 'application/json' })
    response.end(isRefused ? '{"error":"revoked"}' : '{"data":[{"id":"small"}]}')
  })
  providerUrl = provider.url
  stopProvider = provider.stop
})
afterAll(() => stopProvider())

eachPostgres((open) => {
  let postgres: Postgres
  let api: HttpApp
  let catalog: Catalog
  let secrets: SecretStore
  let project: string

  beforeAll(async () => {
    const [first] = catalogMigrations
    postgres = await open([...accessMigrations, projectKeysMigration, ...(first ? [first] : [])])
    secrets = makeTestSecrets(postgres)
    ;({ api, project } = await startTestAccess(postgres, { clock }))
    // A connection as an earlier version stored it: one key, encrypted for the connection's own record.
    const { keyId, blob } = await secrets.encrypt(project, oldId, oldKey)
    await sql`insert into connections (id, project_id, name, provider, base_url, key_id, credential, key_preview,
      allow_private, origin, created_at) values (${oldId}, ${project}, 'main', 'openai', ${providerUrl}, ${keyId},
      ${blob}, 'aaaa', true, 'stored', ${new Date(clock.now() - 60_000)})`.execute(postgres.db)
    await runMigrations(
      postgres.db,
      [...accessMigrations, projectKeysMigration, ...catalogMigrations],
      silentLog,
    )
    catalog = makeWith({})
    mountCatalogRoutes(api, catalog)
  })

  const makeWith = (more: Partial<CatalogParts>): Catalog =>
    makeTestCatalog(postgres, { clock, secrets, ...more })
  const path = '/api/v1/connections/main/keys'
  const values = async () =>
    (await catalog.connectionsForSnapshot())
      .find((each) => each.name === 'main')
      ?.credentials.map((each) => each.value)

  test('the key that an earlier version stored is the first of the list, and still opens', async () => {
    const { body } = await send(api, 'GET', path, { key })
    expect(body.items).toMatchObject([{ id: oldId, preview: 'aaaa' }])
    expect(await values()).toEqual([oldKey])
  })

  test('a key is rotated without a moment in which none is valid', async () => {
    const added = await send(api, 'POST', path, { key, body: { apiKey: newKey } })
    expect(added.body.key).toMatchObject({ preview: 'bbbb', addedAt: new Date(clock.now()).toISOString() })
    expect(JSON.stringify(added.body)).not.toContain(newKey)
    expect(await values()).toEqual([oldKey, newKey])
    const removed = await send(api, 'DELETE', `${path}/${oldId}`, { key })
    expect(removed.body).toEqual({ deleted: true })
    expect(await values()).toEqual([newKey])
    const { body } = await send(api, 'GET', '/api/v1/connections', { key })
    expect(body.items[0]).toMatchObject({ keyPreview: 'bbbb', keys: [{ preview: 'bbbb' }] })
  })

  test('the last key of a provider that wants one stays, and an unknown key is named', async () => {
    const [only] = (await send(api, 'GET', path, { key })).body.items
    const last = await send(api, 'DELETE', `${path}/${only.id}`, { key })
    expect(last.body.error).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('Add the new key first'),
    })
    const unknown = await send(api, 'DELETE', `${path}/${oldId}`, { key })
    expect(unknown.body.error.message).toContain('…bbbb')
    const nowhere = await send(api, 'POST', '/api/v1/connections/mian/keys', { key, body: { apiKey: 'x' } })
    expect(nowhere.body.error.message).toContain('Did you mean "main"?')
  })

  test('a test asks with every key and says which one is refused', async () => {
    await send(api, 'POST', path, { key, body: { apiKey: oldKey } })
    refused.add(oldKey)
    const failed = await send(api, 'POST', '/api/v1/connections/main/test', { key })
    expect(failed.body).toMatchObject({ ok: false, message: expect.stringContaining('Key 2 of 2') })
    refused.clear()
    const passed = await send(api, 'POST', '/api/v1/connections/main/test', { key })
    expect(passed.body).toMatchObject({ ok: true, models: ['small'] })
  })

  test('the last use of a key is shown, and never goes back', async () => {
    const [first] = (await send(api, 'GET', path, { key })).body.items
    const at = clock.now()
    await catalog.markKeysUsed([first.id], at)
    await catalog.markKeysUsed([first.id], at - 60_000)
    const shown = (await send(api, 'GET', path, { key })).body.items[0]
    expect(shown.lastUsedAt).toBe(new Date(at).toISOString())
  })

  test('a new project key encrypts every key anew, each for its own record', async () => {
    expect((await secrets.rotate(project)).reencrypted).toBe(2)
    expect(await values()).toEqual([newKey, oldKey])
  })

  test('a key entered with the connection takes the place of all', async () => {
    await send(api, 'PATCH', '/api/v1/connections/main', { key, body: { apiKey: 'sk-only-0123456789-cccc' } })
    expect(await values()).toEqual(['sk-only-0123456789-cccc'])
  })

  test('a connection that the gateway configuration needs stays, and says what needs it', async () => {
    const used = makeWith({ usesOf: async (_, name) => (name === 'main' ? ['route "chat"'] : []) })
    await expect(used.remove(project, 'main')).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('used by route "chat"'),
    })
    expect(await values()).toHaveLength(1)
  })

  test('the list of models shows the prices of the configuration before those of the list', async () => {
    const overridden = makeWith({
      priceOverrides: async () => [{ model: 'main/sm*', inputUsd: 0.1, outputUsd: 0.2 }],
    })
    const models = await overridden.listModels(project, undefined)
    expect(models.find((each) => each.id === 'main/small')?.price).toEqual({
      inputNano: 1e8,
      outputNano: 2e8,
      source: 'override',
    })
  })
})
