import { createHash } from 'node:crypto'
import { permissions, type Permission } from '@ratchet/contract'
import { beforeAll, describe, expect, test } from 'vitest'
import type { HttpApp } from '#platform/http/http-app.ts'
import type { Postgres } from '#platform/postgres/open-postgres.ts'
import { eachPostgres } from '#platform/testing/engines.ts'
import { accessMigrations, makeAccess, type Access, type AccessParts } from './index.ts'
import {
  bootstrapKey,
  consoleOrigin,
  makeAccessParts,
  makeTestClock,
  sendRequest as send,
  startTestAccess,
} from './testing/index.ts'

const clock = makeTestClock()
let address = '10.0.0.1'
const makeParts = (postgres: Postgres, more: Partial<AccessParts> = {}): AccessParts =>
  makeAccessParts(postgres, { clock, addressOf: () => address, ...more })

eachPostgres((open) => {
  let postgres: Postgres
  let access: Access
  let api: HttpApp
  beforeAll(async () => {
    postgres = await open(accessMigrations)
    ;({ access, api } = await startTestAccess(postgres, { clock, addressOf: () => address }))
  })

  const makeKey = async (body: object, key = bootstrapKey) =>
    (await send(api, 'POST', '/api/v1/keys', { key, body })).body as { key: any; secret: string }
  const signIn = async (url: string): Promise<string> => {
    const { response } = await send(api, 'GET', url.replace(consoleOrigin, ''))
    expect(response.status).toBe(303)
    return (response.headers.get('set-cookie') ?? '').split(';')[0]!
  }

  test('the first start makes project default with its environments in order, and a second start keeps it', async () => {
    const again = makeAccess(makeParts(postgres))
    const project = await again.start()
    expect(project).toMatchObject({
      name: 'default',
      environments: [{ name: 'development' }, { name: 'staging' }, { name: 'production' }],
    })
    expect((await access.start()).id).toBe(project.id)
    expect(await access.projectsForSnapshot()).toHaveLength(1)
  })

  test('two processes that start at once make one project default', async () => {
    const fresh = await open(accessMigrations)
    const both = await Promise.all([
      makeAccess(makeParts(fresh)).start(),
      makeAccess(makeParts(fresh)).start(),
    ])
    expect(both[0]!.id).toBe(both[1]!.id)
  })

  test('the bootstrap key is accepted from the first start, in every environment that the header names', async () => {
    const plain = await send(api, 'GET', '/api/v1/me', { key: bootstrapKey })
    expect(plain.body).toMatchObject({
      actor: { kind: 'key', id: 'bootstrap' },
      project: { name: 'default' },
      gatewayUrl: 'http://127.0.0.1:4701',
    })
    expect(plain.body.permissions).toEqual([...permissions])
    const staging = await send(api, 'GET', '/api/v1/me', {
      key: bootstrapKey,
      headers: { 'x-ratchet-environment': 'staging' },
    })
    expect(staging.body.environment).toBe('staging')
    const wrong = await send(api, 'GET', '/api/v1/me', {
      key: bootstrapKey,
      headers: { 'x-ratchet-environment': 'prod' },
    })
    expect(wrong.status).toBe(404)
    expect(wrong.body.error.message).toContain('development, staging, production')
  })

  test('a malformed bootstrap key stops the start and says what is expected, without repeating the key', () => {
    const bad = 'sk-secret-of-another-product'
    expect(() => makeAccess(makeParts(postgres, { bootstrapKey: bad }))).toThrow(
      /RATCHET_BOOTSTRAP_KEY must look like rk_/,
    )
    expect(() => makeAccess(makeParts(postgres, { bootstrapKey: bad }))).not.toThrow(/another-product/)
  })

  test('a key is shown once, stored only as a hash, and works at once', async () => {
    const { key, secret } = await makeKey({ name: 'client', scopes: ['project:read'] })
    expect(secret).toMatch(/^rk_[A-Za-z0-9]{12}_[\w-]{43}$/)
    expect(key).toMatchObject({
      name: 'client',
      environment: 'development',
      state: 'active',
      preview: `${secret.slice(0, 15)}_…`,
    })
    const stored = await postgres.db
      .selectFrom('api_keys')
      .selectAll()
      .where('id', '=', key.id)
      .executeTakeFirstOrThrow()
    expect(JSON.stringify(stored)).not.toContain(secret.slice(16))
    expect(stored.secret_hash).toBe(createHash('sha256').update(secret.slice(16)).digest('hex'))
    const mine = await send(api, 'GET', '/api/v1/me', { key: secret })
    expect(mine.body).toMatchObject({
      actor: { id: key.id, name: 'client' },
      environment: 'development',
      permissions: ['project:read'],
    })
    const listed = await send(api, 'GET', '/api/v1/keys?limit=1', { key: bootstrapKey })
    expect(listed.body.items[0]).toMatchObject({
      id: key.id,
      lastUsedAt: new Date(clock.now()).toISOString(),
    })
  })

  test('keys are listed newest first, page by page', async () => {
    for (const name of ['a', 'b', 'c']) await makeKey({ name })
    const first = await send(api, 'GET', '/api/v1/keys?limit=2', { key: bootstrapKey })
    expect(first.body.items.map((key: any) => key.name)).toEqual(['c', 'b'])
    const second = await send(api, 'GET', `/api/v1/keys?limit=2&cursor=${first.body.nextCursor}`, {
      key: bootstrapKey,
    })
    expect(second.body.items[0].name).toBe('a')
  })

  test('keys are found by a part of their name, by their beginning and by id', async () => {
    const { key } = await makeKey({ name: 'Website 100%' })
    await makeKey({ name: 'batch' })
    const found = async (search: string) => {
      const query = new URLSearchParams({ search }).toString()
      const { body } = await send(api, 'GET', `/api/v1/keys?${query}`, { key: bootstrapKey })
      return body.items.map(({ name }: { name: string }) => name)
    }
    const beginning = key.preview.replace('_…', '')
    for (const search of ['website', 'SITE 100%', beginning, key.preview, key.id])
      expect(await found(search)).toEqual(['Website 100%'])
    expect(await found('%')).toEqual(['Website 100%'])
    expect(await found('nobody')).toEqual([])
  })

  test('a wrong secret, an unknown key and a header of another form are all refused with 401', async () => {
    const { secret } = await makeKey({ name: 'target' })
    for (const key of [
      `${secret.slice(0, -4)}XXXX`,
      'rk_unknownkey00_0123456789abcdef',
      'not-a-key',
      `${bootstrapKey.slice(0, -1)}x`,
    ]) {
      const { status, body } = await send(api, 'GET', '/api/v1/me', { key })
      expect([status, body.error.code]).toEqual([401, 'unauthenticated'])
    }
    const { status } = await send(api, 'GET', '/api/v1/me')
    expect(status).toBe(401)
  })

  test('a revoked key says so, leaves the snapshot and stays in the list', async () => {
    let changes = 0
    access.onChange(() => (changes += 1))
    const { key, secret } = await makeKey({ name: 'leaked', scopes: ['project:read'] })
    expect((await access.keysForSnapshot()).keys.map((each) => each.id)).toContain(key.id)
    const revoked = await send(api, 'DELETE', `/api/v1/keys/${key.id}`, { key: bootstrapKey })
    expect(revoked.body.key.state).toBe('revoked')
    const again = await send(api, 'DELETE', `/api/v1/keys/${key.id}`, { key: bootstrapKey })
    expect(again.body.key.revokedAt).toBe(revoked.body.key.revokedAt)
    const call = await send(api, 'GET', '/api/v1/me', { key: secret })
    expect([call.status, call.body.error.code]).toEqual([401, 'key_revoked'])
    const snapshot = await access.keysForSnapshot()
    expect(snapshot.keys.map((each) => each.id)).not.toContain(key.id)
    expect(snapshot.revokedPublicIds).toContain(secret.slice(3, 15))
    expect(changes).toBeGreaterThanOrEqual(2)
  })

  test('an expired key says so and is not in the snapshot; an expiry in the past is refused', async () => {
    const expiresAt = new Date(clock.now() + 60_000).toISOString()
    const { key, secret } = await makeKey({ name: 'short', scopes: ['project:read'], expiresAt })
    expect((await access.keysForSnapshot()).keys.find((each) => each.id === key.id)?.expiresAtMs).toBe(
      clock.now() + 60_000,
    )
    clock.advance(60_000)
    const call = await send(api, 'GET', '/api/v1/me', { key: secret })
    expect(call.body.error.code).toBe('key_expired')
    expect((await access.keysForSnapshot()).keys.map((each) => each.id)).not.toContain(key.id)
    const past = await makeKey({ name: 'late', expiresAt: new Date(clock.now() - 1).toISOString() })
    expect(past).toMatchObject({ error: { code: 'validation_failed' } })
  })

  test('a key gets no more than its creator has: neither scopes nor another environment', async () => {
    const scopes: Permission[] = ['key:write', 'model:invoke']
    const { secret } = await makeKey({ name: 'ci', scopes })
    expect(await makeKey({ name: 'x', scopes: ['project:admin'] }, secret)).toMatchObject({
      error: { code: 'forbidden', details: { missing: ['project:admin'] } },
    })
    expect(await makeKey({ name: 'x', environment: 'production' }, secret)).toMatchObject({
      error: { code: 'forbidden' },
    })
    expect(await makeKey({ name: 'x' }, secret)).toMatchObject({ key: { createdBy: 'ci' } })
    expect(await makeKey({ name: 'x', environment: 'nowhere' })).toMatchObject({
      error: { code: 'not_found' },
    })
    const missing = await send(api, 'GET', '/api/v1/keys', { key: secret })
    expect(missing.body.error.message).toContain('key:read')
  })

  describe('projects', () => {
    test('only an operator creates projects, and a taken name is a conflict', async () => {
      const created: string[] = []
      access.onProjectCreated(async (project) => void created.push(project))
      const made = await send(api, 'POST', '/api/v1/projects', {
        key: bootstrapKey,
        body: { name: 'second' },
      })
      expect(made.body.project).toMatchObject({ name: 'second' })
      expect(created).toEqual([made.body.project.id])
      const again = await send(api, 'POST', '/api/v1/projects', {
        key: bootstrapKey,
        body: { name: 'second' },
      })
      expect(again.status).toBe(409)
      const { secret } = await makeKey({ name: 'admin', scopes: [...permissions] })
      const refused = await send(api, 'POST', '/api/v1/projects', { key: secret, body: { name: 'third' } })
      expect(refused.status).toBe(403)
    })

    test('a key sees its own project only, and the header cannot take it elsewhere', async () => {
      const { secret } = await makeKey({ name: 'admin', scopes: [...permissions] })
      const listed = await send(api, 'GET', '/api/v1/projects', { key: secret })
      expect(listed.body.items.map((project: any) => project.name)).toEqual(['default'])
      const all = await send(api, 'GET', '/api/v1/projects', { key: bootstrapKey })
      expect(all.body.items.map((project: any) => project.name)).toEqual(['default', 'second'])
      const elsewhere = await send(api, 'GET', '/api/v1/keys', {
        key: secret,
        headers: { 'x-ratchet-project': 'second' },
      })
      expect(elsewhere.status).toBe(403)
      const operator = await send(api, 'GET', '/api/v1/keys', {
        key: bootstrapKey,
        headers: { 'x-ratchet-project': 'second' },
      })
      expect(operator.body.items).toEqual([])
      const unknown = await send(api, 'GET', '/api/v1/keys', {
        key: bootstrapKey,
        headers: { 'x-ratchet-project': 'secnd' },
      })
      expect(unknown.body.error.message).toContain('Did you mean "second"?')
    })

    test('a key of another project cannot be revoked from here', async () => {
      const other = await send(api, 'POST', '/api/v1/keys', {
        key: bootstrapKey,
        body: { name: 'theirs' },
        headers: { 'x-ratchet-project': 'second' },
      })
      const refused = await send(api, 'DELETE', `/api/v1/keys/${other.body.key.id}`, { key: bootstrapKey })
      expect(refused.status).toBe(404)
    })

    test('a console link made with a project key opens that project only, with the permissions of the key', async () => {
      const headers = { 'x-ratchet-project': 'second' }
      const { body } = await send(api, 'POST', '/api/v1/keys', {
        key: bootstrapKey,
        headers,
        body: { name: 'a', scopes: ['project:admin', 'project:read'] },
      })
      const link = await send(api, 'POST', '/api/v1/console-links', { key: body.secret })
      const cookie = await signIn(link.body.url)
      const mine = await send(api, 'GET', '/api/v1/me', { cookie })
      expect(mine.body).toMatchObject({
        project: { name: 'second' },
        permissions: ['project:admin', 'project:read'],
      })
      const escape = await send(api, 'GET', '/api/v1/me', {
        cookie,
        headers: { 'x-ratchet-project': 'default' },
      })
      expect(escape.status).toBe(403)
      const create = await send(api, 'POST', '/api/v1/projects', { cookie, body: { name: 'fourth' } })
      expect(create.status).toBe(403)
    })
  })

  test('secrets are rotated in the project of the caller', async () => {
    const { body } = await send(api, 'POST', '/api/v1/secrets/rotate', { key: bootstrapKey })
    expect(body).toEqual({ keyId: `new-${(await access.start()).id}`, reencrypted: 2 })
  })

  test('an address that fails too often is stopped for a minute, while known credentials keep working', async () => {
    clock.advance(60_000)
    address = '10.9.9.9'
    const { secret } = await makeKey({ name: 'works', scopes: ['project:read'] })
    expect((await send(api, 'GET', '/api/v1/me', { key: secret })).status).toBe(200)
    const guess = () => send(api, 'GET', '/api/v1/me', { key: `rk_guess_${'0'.repeat(32)}` })
    for (let index = 0; index < 200; index += 1) expect((await guess()).status).toBe(401)
    const stopped = await guess()
    expect(stopped.status).toBe(429)
    expect(Number(stopped.response.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await send(api, 'GET', '/api/v1/me', { key: secret })).status).toBe(200)
    address = '10.1.1.1'
    expect((await guess()).status).toBe(401)
    address = '10.9.9.9'
    clock.advance(60_000)
    expect((await guess()).status).toBe(401)
    address = '10.0.0.1'
  })
})
