import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ClickHouseError } from '@clickhouse/client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { eachClickhouse } from '../../../../../test/harness/each-clickhouse.ts'
import { silentLog } from '../log.ts'
import { makeBatchWriter, type BatchWriterOptions } from './batch-writer.ts'
import { makeDeadLetters } from './dead-letter.ts'
import { deduplicationSettings } from './engine-settings.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-dead-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const clock = { now: () => Date.parse('2026-11-21T08:00:00Z'), sleep: () => Promise.resolve() }
type Call = { rows: readonly object[]; token: string }

function makeWriter(insert: (call: Call) => Promise<void>, more: Partial<BatchWriterOptions> = {}) {
  const calls: Call[] = []
  const writer = makeBatchWriter({
    table: 'events',
    insert: async (_table, rows, { token }) => {
      calls.push({ rows, token })
      await insert({ rows, token })
    },
    deadLetters: makeDeadLetters(folder, clock),
    log: silentLog,
    clock,
    maxDelayMs: 5,
    retry: { attempts: 3, baseDelayMs: 1, maxDelayMs: 2 },
    ...more,
  })
  return { writer, calls }
}

test('rows written together go in one batch, and a full batch does not wait', async () => {
  const { writer, calls } = makeWriter(() => Promise.resolve(), { maxRows: 3, maxDelayMs: 60_000 })
  await Promise.all([writer.write([{ n: 1 }]), writer.write([{ n: 2 }, { n: 3 }])])
  expect(calls.map((call) => call.rows)).toEqual([[{ n: 1 }, { n: 2 }, { n: 3 }]])
  expect(writer.stats()).toMatchObject({ insertedRows: 3, pendingRows: 0 })
})

test('a batch that is not full goes after the delay', async () => {
  const { writer, calls } = makeWriter(() => Promise.resolve())
  await writer.write([{ n: 1 }])
  expect(calls).toHaveLength(1)
})

test('a passing failure is retried with the same token, and write waits for the success', async () => {
  let failures = 2
  const { writer, calls } = makeWriter(async () => {
    if (failures-- > 0) throw new Error('connection reset')
  })
  await writer.write([{ n: 1 }])
  expect(new Set(calls.map((call) => call.token)).size).toBe(1)
  expect(calls).toHaveLength(3)
  expect(writer.stats()).toMatchObject({ insertedRows: 1, retries: 2, deadLetterRows: 0 })
})

test('after the last retry the batch is in a dead-letter file, and a replay stores it and removes the file', async () => {
  const { writer, calls } = makeWriter(() => Promise.reject(new Error('no space')))
  await writer.insertBatch([{ n: 1 }, { n: 2 }], 'shipment-7')
  expect(calls).toHaveLength(3)
  expect(writer.stats()).toMatchObject({ insertedRows: 0, deadLetterBatches: 1, deadLetterRows: 2 })
  expect(readdirSync(join(folder, 'events'))).toEqual(['2026-11-21T08-00-00.000Z-shipment-7.jsonl'])
  const letters = makeDeadLetters(folder, clock)
  expect(await letters.list()).toMatchObject([
    { table: 'events', token: 'shipment-7', rows: 2, error: 'no space' },
  ])
  const failed = await letters.replay(() => Promise.reject(new Error('still full')))
  expect(failed).toMatchObject({ files: 0, rows: 0, failed: [{ message: 'still full' }] })
  const replayed: Call[] = []
  const result = await letters.replay(async (_table, rows, { token }) => void replayed.push({ rows, token }))
  expect(result).toEqual({ files: 1, rows: 2, failed: [] })
  expect(replayed).toEqual([{ rows: [{ n: 1 }, { n: 2 }], token: 'shipment-7' }])
  expect(await letters.list()).toEqual([])
})

test('one bad row goes to the dead letter alone; its neighbours are stored', async () => {
  const stored: object[] = []
  const { writer } = makeWriter(async ({ rows }) => {
    if (rows.some((row) => 'bad' in row)) {
      throw new ClickHouseError({
        message: 'Cannot parse',
        code: '27',
        type: 'CANNOT_PARSE_INPUT_ASSERTION_FAILED',
      })
    }
    stored.push(...rows)
  })
  await writer.write([{ n: 1 }, { n: 2 }, { bad: true }, { n: 4 }, { n: 5 }])
  expect(stored).toEqual([{ n: 1 }, { n: 2 }, { n: 4 }, { n: 5 }])
  expect(writer.stats()).toMatchObject({ insertedRows: 4, deadLetterRows: 1, retries: 0 })
})

test('a writer whose engine stalls refuses more instead of filling the memory', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const { writer } = makeWriter(() => promise, { maxRows: 2, maxPendingRows: 3 })
  const first = writer.write([{ n: 1 }, { n: 2 }])
  await expect(writer.write([{ n: 3 }, { n: 4 }])).rejects.toMatchObject({ code: 'overloaded' })
  resolve()
  await first
  await writer.write([{ n: 3 }, { n: 4 }])
})

test('stop stores what waits, does not sit through retries, and later writes are refused', async () => {
  const { writer, calls } = makeWriter(() => Promise.resolve(), { maxDelayMs: 60_000 })
  const waiting = writer.write([{ n: 1 }])
  await writer.stop()
  await waiting
  expect(calls).toHaveLength(1)
  await expect(writer.write([{ n: 2 }])).rejects.toMatchObject({ code: 'unavailable' })
})

eachClickhouse((open) => {
  test('a shipment sent again, whole or with a poisoned row, stores each good row once', async () => {
    const engine = await open([
      {
        id: '0001-events',
        statements: [
          `CREATE TABLE IF NOT EXISTS events (project UUID, n UInt32) ENGINE = MergeTree ORDER BY (project, n)
           SETTINGS ${deduplicationSettings}`,
        ],
      },
    ])
    const project = '0192aaaa-0000-7000-8000-000000000001'
    const deadLetters = makeDeadLetters(folder, clock)
    const writer = makeBatchWriter({ table: 'events', insert: engine.insert, deadLetters, log: silentLog })
    const rows: object[] = Array.from({ length: 40 }, (_, n) => ({ project, n }))
    rows[17] = { project, n: 'not a number' }
    await writer.insertBatch(rows, 'ship-1')
    await writer.insertBatch(rows, 'ship-1')
    await writer.insertBatch(rows.slice(0, 10), 'ship-2')
    await writer.insertBatch(rows.slice(0, 10), 'ship-2')
    const count = await engine
      .forProject(project)
      .from('events')
      .select(['count() AS c', 'uniqExact(n) AS u'])
      .first()
    expect(count).toEqual({ c: 49, u: 39 })
    expect(writer.stats()).toMatchObject({ deadLetterRows: 2 })
    expect((await deadLetters.list()).map((letter) => letter.rows)).toEqual([1])
  })
})
