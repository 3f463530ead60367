import { afterAll, beforeAll, expect, test } from 'vitest'
import { accessMigrations } from '#features/access'
import {
  bootstrapKey as key,
  makeTestClock,
  sendRequest as send,
  startTestAccess,
} from '#features/access/testing'
import type { HttpApp } from '#platform/http/http-app.ts'
import { makeIds } from '#platform/ids.ts'
import type { Postgres } from '#platform/postgres/open-postgres.ts'
import { eachPostgres } from '#platform/testing/engines.ts'
import { appsMigrations, makeApps, mountAppsRoutes, releaseDigestOf, type Apps } from './index.ts'
import {
  inspectSample,
  makeTestBlobs,
  makeTestIndexes,
  packTexts,
  sampleTexts,
  type TestIndexes,
} from './testing/index.ts'

const clock = makeTestClock()

eachPostgres((open) => {
  let postgres: Postgres
  let api: HttpApp
  let project: string
  let apps: Apps
  let indexes: TestIndexes
  const { blobs, remove } = makeTestBlobs()
  afterAll(remove)
  beforeAll(async () => {
    postgres = await open([...accessMigrations, ...appsMigrations])
    ;({ api, project } = await startTestAccess(postgres, { clock }))
    indexes = makeTestIndexes()
    apps = makeApps({
      db: postgres.db,
      blobs,
      clock,
      makeId: makeIds(),
      inspect: inspectSample,
      indexes,
      deploymentsOf: async () => [],
    })
    mountAppsRoutes(api, apps)
    await send(api, 'POST', '/api/v1/projects', { key, body: { name: 'second' } })
  })

  const push = (more: Record<string, string> = {}, options: object = {}, headers = {}) =>
    send(api, 'POST', '/api/v1/releases', {
      key,
      headers,
      body: { files: packTexts({ ...sampleTexts, ...more }), ...options },
    })
  const get = (path: string, headers = {}) => send(api, 'GET', `/api/v1/apps${path}`, { key, headers })

  test('a push makes release r1 with its digest, author, Git commit and indexes', async () => {
    const git = { commit: 'c0ffee', branch: 'main', dirty: true }
    const { status, body } = await push({}, { description: 'First', git })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      created: true,
      warnings: [],
      release: {
        app: 'helper',
        label: 'r1',
        draft: false,
        description: 'First',
        git,
        author: 'bootstrap key',
        entry: 'flows/answer.flow.yaml',
        fileCount: 5,
        models: ['offline/extractive'],
      },
    })
    expect(body.release.indexes).toMatchObject([{ name: 'docs', state: 'ready', chunks: 7 }])
    expect(indexes.asked[0]?.documents).toMatchObject([{ path: 'guide.md' }])
    const shown = await get('/helper/releases/r1')
    expect(releaseDigestOf(shown.body.files)).toBe(body.release.digest)
    expect(shown.body.files.map((file: any) => file.kind)).toEqual([
      'document',
      'flow',
      'index',
      'prompt',
      'manifest',
    ])
    expect(shown.body.flows).toHaveLength(1)
  })

  test('the same content gives the same release, whatever the order of its files', async () => {
    const first = await push()
    const files = packTexts(sampleTexts).reverse()
    const again = await send(api, 'POST', '/api/v1/releases', {
      key,
      body: { files, description: 'Other words' },
    })
    expect(again.body).toMatchObject({
      created: false,
      release: { id: first.body.release.id, label: 'r1', description: 'First' },
    })
  })

  test('other content gives the next label, also when many push at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) => push({ 'notes.md': `note ${index}` })),
    )
    const labels = new Set(answers.map((answer) => answer.body.release.label))
    expect(labels).toEqual(new Set(['r2', 'r3', 'r4', 'r5', 'r6', 'r7']))
    const same = await Promise.all(Array.from({ length: 4 }, () => push({ 'notes.md': 'all the same' })))
    expect(new Set(same.map((answer) => answer.body.release.label))).toEqual(new Set(['r8']))
    expect(same.filter((answer) => answer.body.created)).toHaveLength(1)
  })

  test('a draft has no label and is not listed; the first real push of it makes it a release', async () => {
    const draft = await push({ 'notes.md': 'draft' }, { draft: true })
    expect(draft.body).toMatchObject({ created: true, release: { draft: true, label: '' } })
    expect((await push({ 'notes.md': 'draft' }, { draft: true })).body.created).toBe(false)
    const listed = await get('/helper/releases')
    expect(listed.body.items[0].label).toBe('r8')
    expect((await get(`/helper/releases/${draft.body.release.digest}`)).body.release.draft).toBe(true)
    clock.advance(1000)
    const real = await push({ 'notes.md': 'draft' }, { description: 'Released' })
    expect(real.body).toMatchObject({
      created: true,
      release: { id: draft.body.release.id, label: 'r9', draft: false, description: 'Released' },
    })
    const after = await push({ 'notes.md': 'draft' }, { draft: true })
    expect(after.body).toMatchObject({ created: false, release: { label: 'r9', draft: false } })
  })

  test('drafts pushed at the same moment are one draft', async () => {
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => push({ 'notes.md': 'twins' }, { draft: true })),
    )
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200])
    expect(new Set(answers.map((answer) => answer.body.release.id)).size).toBe(1)
  })

  test('an app that has only drafts is not listed, but its drafts can be read', async () => {
    const manifest = sampleTexts['ratchet.yaml']!.replace('helper', 'sketch')
    const draft = await push({ 'ratchet.yaml': manifest }, { draft: true })
    expect((await get('/sketch')).status).toBe(404)
    expect((await get('')).body.items.map((app: any) => app.name)).toEqual(['helper'])
    expect((await get(`/sketch/releases/${draft.body.release.digest.slice(0, 8)}`)).status).toBe(200)
  })

  test('an app shows the words of its newest manifest and its newest release', async () => {
    const manifest = sampleTexts['ratchet.yaml']!.replace('Answers questions.', 'Answers everything.')
    await push({ 'ratchet.yaml': manifest })
    const { body } = await get('/helper')
    expect(body.app).toMatchObject({
      name: 'helper',
      description: 'Answers everything.',
      owner: 'docs-team',
      latestRelease: { label: 'r10' },
      deployments: [],
    })
    expect((await get('')).body.items).toEqual([body.app])
  })

  test('releases are listed newest first, page by page', async () => {
    const first = await get('/helper/releases?limit=4')
    expect(first.body.items.map((release: any) => release.label)).toEqual(['r10', 'r9', 'r8', 'r7'])
    const second = await get(`/helper/releases?limit=100&cursor=${first.body.nextCursor}`)
    expect(second.body.items.map((release: any) => release.label)).toEqual([
      'r6',
      'r5',
      'r4',
      'r3',
      'r2',
      'r1',
    ])
    expect(second.body.nextCursor).toBeUndefined()
  })

  test('a release is found by latest, label, id, digest and digest prefix', async () => {
    const { release } = (await get('/helper/releases/latest')).body
    expect(release.label).toBe('r10')
    for (const name of ['r10', release.id, release.digest, release.digest.slice(0, 10)]) {
      expect((await get(`/helper/releases/${name}`)).body.release.id).toBe(release.id)
    }
    expect((await get('/helper/releases/r99')).body.error.message).toContain('Its newest is r10')
    expect((await get('/helper/releases/%25%25%25%25%25%25%25%25')).status).toBe(404)
    expect((await get('/helpr')).body.error.message).toContain('Did you mean "helper"?')
    expect((await get('/helpr/releases/latest')).body.error.message).toContain('There is no app "helpr"')
  })

  test('a file is read as text, and an unknown path gets the nearest ones', async () => {
    const file = await get('/helper/releases/r1/file?path=prompts/answer.prompty')
    expect(file.body).toEqual({
      path: 'prompts/answer.prompty',
      text: sampleTexts['prompts/answer.prompty'],
      truncated: false,
    })
    const missing = await get('/helper/releases/r1/file?path=prompts/anwser.prompty')
    expect(missing.body.error.message).toContain('Did you mean "prompts/answer.prompty"?')
    const outside = await get('/helper/releases/r1/file?path=../../../../etc/passwd')
    expect(outside.status).toBe(404)
  })

  test('the bundle holds every file and the pinned index versions', async () => {
    const { release } = (await get('/helper/releases/r1')).body
    const bundle = await apps.bundle(project, release.digest)
    expect(bundle).toMatchObject({
      app: 'helper',
      digest: release.digest,
      indexes: { docs: release.indexes[0].version },
    })
    expect(bundle.files).toEqual(packTexts(sampleTexts).sort((a, b) => (a.path < b.path ? -1 : 1)))
    await expect(apps.bundle(project, 'f'.repeat(64))).rejects.toMatchObject({ code: 'not_found' })
  })

  test('documents decide the version of an index, other files do not', async () => {
    const before = (await get('/helper/releases/r1')).body.release.indexes[0].version
    expect((await get('/helper/releases/r2')).body.release.indexes[0].version).toBe(before)
    const changed = await push({ 'documents/docs/guide.md': '# Guide\n\nAnother text.\n' })
    expect(changed.body.release.indexes[0].version).not.toBe(before)
  })

  test('an identical push asks for indexes that an interrupted one never asked for', async () => {
    indexes.asked.length = 0
    expect((await get('/helper/releases/r1')).body.release.indexes[0].state).toBe('missing')
    const again = await push()
    expect(again.body).toMatchObject({ created: false, release: { indexes: [{ state: 'ready' }] } })
  })

  test('an invalid folder is refused with every problem, and nothing is stored', async () => {
    const { status, body } = await push({ 'ratchet.yaml': 'description: no name\n' })
    expect(status).toBe(422)
    expect(body.error).toMatchObject({
      code: 'app_invalid',
      details: { issues: [{ file: 'ratchet.yaml', line: 1 }] },
    })
    expect(body.error.message).toBe('ratchet.yaml:1:1: The app has no name.')
    const escape = await push({ '../../evil.sh': 'x' })
    expect(escape.body.error.message).toContain('leaves the app folder')
    expect((await get('/helper')).body.app.latestRelease.label).toBe('r11')
  })

  test('warnings do not stop a push', async () => {
    const { body } = await push({ 'ratchet.yaml': 'name: helper\nentry: flows/answer.flow.yaml\n' })
    expect(body).toMatchObject({ created: true, warnings: [{ message: 'No owner.' }] })
  })

  test('a check tells the problems without storing anything', async () => {
    const check = (texts: Record<string, string>) =>
      send(api, 'POST', '/api/v1/releases/check', { key, body: { files: packTexts(texts) } })
    expect((await check({ 'ratchet.yaml': 'x: 1' })).body.issues).toMatchObject([
      { message: 'The app has no name.' },
    ])
    expect((await check({ 'a/../b': '' })).body.issues).toMatchObject([{ file: 'a/../b', severity: 'error' }])
    expect((await check(sampleTexts)).body.issues).toEqual([])
  })

  test('apps and releases belong to their project', async () => {
    const headers = { 'x-ratchet-project': 'second' }
    expect((await get('', headers)).body.items).toEqual([])
    expect((await get('/helper/releases/r1', headers)).status).toBe(404)
    const { release } = (await push({}, {}, headers)).body
    expect(release.label).toBe('r1')
    const other = release.id
    expect((await get(`/helper/releases/${other}`)).status).toBe(404)
  })
})
