import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accessMigrations, type Access } from '#features/access'
import {
  bootstrapKey as key,
  makeTestClock,
  sendRequest as send,
  startTestAccess,
} from '#features/access/testing'
import { appsMigrations, makeApps, mountAppsRoutes, type Apps } from '#features/apps'
import {
  inspectSample,
  makeTestBlobs,
  makeTestIndexes,
  packTexts,
  sampleTexts,
  type TestIndexes,
} from '#features/apps/testing'
import type { HttpApp } from '#platform/http/http-app.ts'
import { makeIds } from '#platform/ids.ts'
import type { Postgres } from '#platform/postgres/open-postgres.ts'
import { eachPostgres } from '#platform/testing/engines.ts'
import { deploymentsMigrations, makeDeployments, mountDeploymentsRoutes, type Deployments } from './index.ts'

eachPostgres((open) => {
  const clock = makeTestClock()
  const { blobs, remove } = makeTestBlobs()
  afterAll(remove)
  let postgres: Postgres
  let access: Access
  let api: HttpApp
  let project: string
  let indexes: TestIndexes
  let apps: Apps
  let deployments: Deployments
  let changes = 0
  beforeAll(async () => {
    postgres = await open([...accessMigrations, ...appsMigrations, ...deploymentsMigrations])
    ;({ access, api, project } = await startTestAccess(postgres, { clock }))
    indexes = makeTestIndexes()
    apps = makeApps({
      db: postgres.db,
      blobs,
      clock,
      makeId: makeIds({ clock }),
      inspect: inspectSample,
      indexes,
      deploymentsOf: (of, names) => deployments.liveOf(of, names),
    })
    deployments = makeDeployments({
      db: postgres.db,
      clock,
      makeId: makeIds({ clock }),
      apps,
      requireEnvironment: access.requireProjectEnvironment,
      indexWaitMs: 2000,
    })
    deployments.onChange(() => (changes += 1))
    mountAppsRoutes(api, apps)
    mountDeploymentsRoutes(api, deployments)
    for (const note of ['one', 'two', 'three']) await push(note)
  })

  const push = async (note: string, options: object = {}) =>
    (
      await send(api, 'POST', '/api/v1/releases', {
        key,
        body: { files: packTexts({ ...sampleTexts, 'notes.md': note }), ...options },
      })
    ).body.release
  const deploy = (body: object, more: object = {}) =>
    send(api, 'POST', '/api/v1/apps/helper/deployments', { key, body, ...more })
  const history = async (query = '') =>
    (await send(api, 'GET', `/api/v1/apps/helper/deployments${query}`, { key })).body

  test('a deploy serves the release at once and tells the gateway', async () => {
    const { status, body } = await deploy({ environment: 'development', release: 'r1' })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      changed: true,
      deployment: {
        app: 'helper',
        environment: 'development',
        state: 'live',
        deployedBy: 'bootstrap key',
        arms: [{ name: 'all', label: 'r1', weight: 100 }],
      },
    })
    expect(changes).toBe(1)
    expect(await deployments.deploymentsForSnapshot()).toMatchObject([
      {
        id: body.deployment.id,
        project,
        environment: 'development',
        app: 'helper',
        arms: [{ label: 'r1', weight: 100, releaseId: body.deployment.arms[0].release }],
      },
    ])
    const app = await send(api, 'GET', '/api/v1/apps/helper', { key })
    expect(app.body.app.deployments).toEqual([body.deployment])
    expect(await deployments.liveApps(project, 'development')).toEqual(['helper'])
    expect(await deployments.liveApps(project, 'production')).toEqual([])
  })

  test('deploying what is live changes nothing', async () => {
    const again = await deploy({ environment: 'development', release: 'r1' })
    expect(again.body.changed).toBe(false)
    expect(changes).toBe(1)
    expect((await history()).items).toHaveLength(1)
  })

  test('without a release, the newest is deployed; what it replaces stays in the history', async () => {
    clock.advance(60_000)
    const { body } = await deploy({ environment: 'development' })
    expect(body.deployment.arms[0].label).toBe('r3')
    const { items } = await history()
    expect(items).toMatchObject([
      { state: 'live', arms: [{ label: 'r3' }] },
      { state: 'replaced', arms: [{ label: 'r1' }], replacedAt: body.deployment.deployedAt },
    ])
  })

  test('the history says what served at a time, up to the millisecond of the change', async () => {
    const [second, first] = (await history()).items
    const at = async (time: string) =>
      (await history(`?environment=development&at=${time}`)).items.map((each: any) => each.arms[0].label)
    const before = (time: string) => new Date(Date.parse(time) - 1).toISOString()
    expect(await at(before(first.deployedAt))).toEqual([])
    expect(await at(first.deployedAt)).toEqual(['r1'])
    expect(await at(before(second.deployedAt))).toEqual(['r1'])
    expect(await at(second.deployedAt)).toEqual(['r3'])
    expect(await at(new Date(clock.now() + 1e9).toISOString())).toEqual(['r3'])
  })

  test('environments are served independently, and the history pages through both', async () => {
    await deploy({ environment: 'staging', release: 'r2' })
    expect(
      (await deployments.deploymentsForSnapshot()).map(
        (each) => `${each.environment} ${each.arms[0]?.label}`,
      ),
    ).toEqual(['development r3', 'staging r2'])
    expect((await history('?environment=staging')).items).toHaveLength(1)
    const first = await history('?limit=2')
    const second = await history(`?limit=2&cursor=${first.nextCursor}`)
    expect([...first.items, ...second.items].map((each: any) => each.arms[0].label)).toEqual([
      'r2',
      'r3',
      'r1',
    ])
  })

  test('a rollback is a deploy of the older release, also when the clock stepped back', async () => {
    clock.advance(-600_000)
    const { body } = await deploy({ environment: 'development', release: 'r1' })
    expect(body.changed).toBe(true)
    const { items } = await history('?environment=development')
    expect(items.map((each: any) => `${each.arms[0].label} ${each.state}`)).toEqual([
      'r1 live',
      'r3 replaced',
      'r1 replaced',
    ])
    clock.advance(600_000)
  })

  test('many deploys at once leave one live, and a history without gaps', async () => {
    await Promise.all(
      ['r1', 'r2', 'r3', 'r1', 'r2', 'r3'].map((release) => deploy({ environment: 'production', release })),
    )
    const { items } = await history('?environment=production')
    expect(items.filter((each: any) => each.state === 'live')).toHaveLength(1)
    items
      .slice(1)
      .forEach((each: any, index: number) => expect(each.replacedAt).toBe(items[index].deployedAt))
  })

  test('history cannot be rewritten, not even with SQL', async () => {
    await expect(sql`update deployments set deployed_by = 'nobody'`.execute(postgres.db)).rejects.toThrow(
      /never change/,
    )
    await expect(sql`delete from deployments`.execute(postgres.db)).rejects.toThrow(/never change/)
  })

  test('a draft is refused with the way out', async () => {
    const draft = await push('unfinished', { draft: true })
    const { status, body } = await deploy({ environment: 'development', release: draft.digest })
    expect(status).toBe(409)
    expect(body.error.message).toContain('is a draft')
  })

  test('a release whose index is being built waits for it, and no longer than promised', async () => {
    indexes.set('building')
    const waiting = await deploy({ environment: 'development', release: 'r2' })
    expect(waiting.status).toBe(409)
    expect(waiting.body.error).toMatchObject({
      message: expect.stringContaining('still being built'),
      details: { index: 'docs', state: 'building' },
    })
    indexes.set('failed')
    expect((await deploy({ environment: 'development', release: 'r2' })).body.error.details.state).toBe(
      'failed',
    )
    indexes.set('ready')
    expect((await deploy({ environment: 'development', release: 'r2' })).body.changed).toBe(true)
  })

  test('an index that nobody builds is started by the deploy', async () => {
    indexes.asked.length = 0
    const { body } = await deploy({ environment: 'development', release: 'r1' })
    expect(body.changed).toBe(true)
    expect(indexes.asked).toHaveLength(1)
  })

  test('unknown apps, releases and environments are refused helpfully', async () => {
    expect((await deploy({ environment: 'prod' })).body.error.message).toContain(
      'development, staging, production',
    )
    expect((await deploy({ environment: 'development', release: 'r77' })).body.error.message).toContain(
      'Its newest is r3',
    )
    const unknown = await send(api, 'POST', '/api/v1/apps/helpers/deployments', {
      key,
      body: { environment: 'development' },
    })
    expect(unknown.body.error.message).toContain('Did you mean "helper"?')
    expect((await send(api, 'GET', '/api/v1/apps/none/deployments', { key })).status).toBe(404)
  })

  test('a key of one environment does not deploy to another', async () => {
    const body = { name: 'ci', environment: 'staging', scopes: ['deployment:write'] }
    const { secret } = (await send(api, 'POST', '/api/v1/keys', { key, body })).body
    expect(
      (await deploy({ environment: 'production', release: 'r1' }, { key: secret })).body.error.code,
    ).toBe('forbidden')
    expect(
      (await deploy({ environment: 'staging', release: 'r1' }, { key: secret })).body.deployment.deployedBy,
    ).toBe('ci')
  })

  test('another project sees and serves nothing of this one', async () => {
    await send(api, 'POST', '/api/v1/projects', { key, body: { name: 'second' } })
    const headers = { 'x-ratchet-project': 'second' }
    expect((await deploy({ environment: 'development', release: 'r1' }, { headers })).status).toBe(404)
    expect((await send(api, 'GET', '/api/v1/apps/helper/deployments', { key, headers })).status).toBe(404)
  })
})
