import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getStatus, listEvaluations, listTraces } from '@ratchet/contract'
import { afterAll, expect, test } from 'vitest'
import { startClickhouseHttp } from './harness/clickhouse-http.ts'
import { createDatabase } from './harness/each-postgres.ts'
import { startRatchet, waitFor } from './support/start-ratchet.ts'

const cleanups: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

test('the whole loop runs on a PostgreSQL server and a ClickHouse server', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-clickhouse-'))
  cleanups.push(async () => rmSync(folder, { recursive: true, force: true }))
  const databaseUrl = await createDatabase(cleanups)
  const clickhouse = await startClickhouseHttp(folder)
  cleanups.push(() => clickhouse.stop())
  const ratchet = await startRatchet({
    args: ['--sample'],
    env: { DATABASE_URL: databaseUrl, CLICKHOUSE_URL: clickhouse.url },
  })
  cleanups.push(ratchet.stop)

  const { engines } = await ratchet.client.call(getStatus, {})
  expect(engines.map(({ name, kind, ok }) => [name, kind, ok])).toEqual([
    ['relational', 'postgres', true],
    ['columnar', 'clickhouse', true],
  ])
  const evaluation = await waitFor(
    'the sample evaluation is done',
    async () => {
      const { items } = await ratchet.client.call(listEvaluations, { query: {} })
      return items.find(({ state }) => state === 'done' || state === 'failed')
    },
    200_000,
  )
  expect(evaluation.state).toBe('done')
  expect(evaluation.metrics['token-f1']?.n).toBeGreaterThanOrEqual(40)
  const { items } = await ratchet.client.call(listTraces, {
    query: { query: 'app:docs-assistant', limit: 200 },
  })
  expect(items.length).toBeGreaterThanOrEqual(40)
})
