import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { permissions } from '@ratchet/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeDeadLetters } from '#platform/clickhouse/dead-letter.ts'
import { openClickhouse, type Clickhouse } from '#platform/clickhouse/open-clickhouse.ts'
import { systemClock } from '#platform/clock.ts'
import { makeActor } from '#platform/http/actor.ts'
import { makeHttpApp, type HttpApp } from '#platform/http/http-app.ts'
import { newId } from '#platform/ids.ts'
import { silentLog } from '#platform/log.ts'
import { exampleSpan } from './example-span.ts'
import { mountTracesRoutes } from './routes.ts'
import { tracesColumnarMigrations } from './ingest/tables.ts'
import { makeTraces, type Traces } from './traces.ts'

const folder = mkdtempSync(join(tmpdir(), 'ratchet-trace-routes-'))
const { project, traceId } = exampleSpan()
let engine: Clickhouse
let traces: Traces
let api: HttpApp

beforeAll(async () => {
  engine = await openClickhouse({
    folder: join(folder, 'ch'),
    migrations: tracesColumnarMigrations,
    log: silentLog,
  })
  const deadLetters = makeDeadLetters(join(folder, 'dead'), systemClock)
  traces = makeTraces({ clickhouse: engine, deadLetters, clock: systemClock, makeId: newId, log: silentLog })
  const actor = makeActor({ kind: 'key', id: 'k', name: 'ada', project, permissions: new Set(permissions) })
  api = makeHttpApp({ authenticate: async () => actor, log: silentLog })
  mountTracesRoutes(api, traces)
  await traces.ingest({ token: 'routes-1', records: [exampleSpan()] })
})
afterAll(async () => {
  await traces.stop()
  await engine.stop()
  rmSync(folder, { recursive: true, force: true })
})

const get = (path: string, headers: Record<string, string> = {}) => api.hono.request(path, { headers })

test('fixed paths are not taken for trace ids, and a trace opens by its id', async () => {
  expect(await (await get('/api/v1/traces/facets')).json()).toMatchObject({ total: 1 })
  expect(await (await get(`/api/v1/traces/${traceId}`)).json()).toMatchObject({ traceId, truncated: false })
  expect((await get('/api/v1/traces/nonsense')).status).toBe(400)
  expect((await get(`/api/v1/traces/${'f'.repeat(32)}`)).status).toBe(404)
})

test('a poll without news costs no body', async () => {
  const first = await get('/api/v1/traces?limit=1')
  expect(await first.json()).toMatchObject({ items: [{ traceId }] })
  const again = await get('/api/v1/traces?limit=1', { 'if-none-match': first.headers.get('etag') ?? '' })
  expect(again.status).toBe(304)
})

test('a wrong query is a 400 that names the place, also for the live tail', async () => {
  for (const path of ['/api/v1/traces', '/api/v1/traces/tail', '/api/v1/traces/facets']) {
    const response = await get(`${path}?query=${encodeURIComponent('ok modle:x')}`)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { code: 'bad_request', details: { position: 4 } } })
  }
})

test('a score is stored under the name of the caller', async () => {
  const body = JSON.stringify({ traceId, name: 'helpful', value: 1 })
  const response = await api.hono.request('/api/v1/scores', {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  })
  expect(response.status).toBe(200)
  const listed = (await (await get(`/api/v1/traces/${traceId}/scores`)).json()) as { items: unknown[] }
  expect(listed.items).toMatchObject([{ name: 'helpful', value: 1, author: 'ada', origin: 'person' }])
})
