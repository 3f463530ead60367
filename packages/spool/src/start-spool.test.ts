import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SpanRecord } from '@ratchet/contract'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { segmentName } from './segments/segment-name.ts'
import { startSpool, type Spool, type SpoolOptions } from './start-spool.ts'
import { ownerPath } from './segments/spool-owner.ts'
import type { SpanDraft } from './records/span-record.ts'
import { exampleRecord } from './testing/example-record.ts'
import { makeSink, type TelemetrySink } from './testing/telemetry-sink.ts'

let root: string
let sink: TelemetrySink
let spools: Spool[]
let instances = 0

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ratchet-spool-'))
  sink = makeSink()
  spools = []
})
afterEach(async () => {
  await Promise.all(spools.map((spool) => spool.stop(0)))
  rmSync(root, { recursive: true, force: true })
})

async function start(options: Partial<SpoolOptions> = {}): Promise<Spool> {
  const spool = await startSpool({
    root,
    process: 'gateway',
    instance: `t${++instances}`,
    send: sink.send,
    delayMs: 5,
    random: () => 0,
    ...options,
  })
  spools.push(spool)
  return spool
}

function write(spool: Spool, record: SpanDraft = exampleRecord()): Promise<string> {
  return new Promise((resolve) => spool.append(record, () => resolve(record.spanId)))
}

/** Makes a stopped spool's folder look like that of a killed process. */
function buryOwner(instance: string): void {
  rmSync(ownerPath(join(root, `gateway-${instance}`)))
}

test('spans of one turn are on disk when their callbacks run, in one write', async () => {
  const spool = await start({ delayMs: 60_000 })
  const [first, second] = await Promise.all([write(spool), write(spool)])
  const text = readFileSync(join(root, `gateway-t${instances}`, segmentName(1)), 'utf8')
  expect(
    text
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as SpanRecord).spanId),
  ).toEqual([first, second])
  expect(spool.stats()).toMatchObject({ writtenRecords: 2, pendingRecords: 2, spoolBytes: text.length + 2 })
})

test('a caller that throws silences no other, and a record that cannot be written still calls back', async () => {
  const problems: unknown[] = []
  const spool = await start({ onListenerError: (error) => problems.push(error) })
  const failure = new Error('its answer could not be sent')
  const told: string[] = []
  spool.append(exampleRecord(), () => {
    throw failure
  })
  spool.append({ ...exampleRecord(), attributes: '' }, () => told.push('dropped'))
  await write(spool)
  expect(told).toEqual(['dropped'])
  expect(problems).toEqual([failure])
  expect(spool.stats()).toMatchObject({ writtenRecords: 2, droppedRecords: 1 })
})

test('all spans arrive, old segments go away, and a stopped spool leaves no folder behind', async () => {
  const spool = await start({ segmentBytes: 2_000, maxRows: 7 })
  const written = await Promise.all(Array.from({ length: 200 }, () => write(spool)))
  for (let index = 0; index < 20; index++) written.push(await write(spool))
  await spool.stop()
  expect(sink.spanIds().toSorted()).toEqual(written.toSorted())
  expect(spool.stats()).toMatchObject({ shippedRecords: 220, pendingRecords: 0, droppedRecords: 0 })
  expect(readdirSync(root)).toEqual([])
})

test('a shipment whose answer got lost is sent again with the same token and the same rows', async () => {
  const losses = new Set<string>()
  sink.answer = (token) => (losses.has(token) ? undefined : (losses.add(token), 'lose-answer'))
  const spool = await start()
  const written = [await write(spool)]
  await expect.poll(() => losses.size).toBe(1)
  written.push(await write(spool))
  await expect.poll(() => spool.stats().pendingRecords).toBe(0)
  expect(sink.spanIds().toSorted()).toEqual(written.toSorted())
  expect(sink.received[0]).toEqual(sink.received[1])
})

test('a new process ships what a killed one left, with the killed one’s tokens, without its torn last line', async () => {
  sink.answer = () => 'lose-answer'
  const dead = await start({ instance: 'dead' })
  const written = [await write(dead), await write(dead)]
  await expect.poll(() => sink.received.length).toBeGreaterThan(0)
  await dead.stop(0)
  written.push(await writeAfterStop('dead'))
  buryOwner('dead')
  sink.answer = undefined
  const heir = await start({ instance: 'heir' })
  await expect.poll(() => heir.stats().pendingRecords).toBe(0)
  await heir.stop()
  expect(sink.spanIds().toSorted()).toEqual(written.toSorted())
  expect(readdirSync(root)).toEqual([])
})

function writeAfterStop(instance: string): Promise<string> {
  const record = exampleRecord()
  const path = join(root, `gateway-${instance}`, segmentName(1))
  appendFileSync(path, `${JSON.stringify(record)}\n{"kind":"span","project":"torn`)
  return Promise.resolve(record.spanId)
}

test('folders that a killed heir had taken over are taken over again', async () => {
  sink.answer = () => ({ kind: 'unavailable', message: 'control is down' })
  const written: string[] = []
  for (const instance of ['a', 'b', 'c']) {
    const spool = await start({ instance })
    written.push(await write(spool))
    await spool.stop(0)
    buryOwner(instance)
  }
  sink.answer = undefined
  const heir = await start()
  await expect.poll(() => heir.stats().pendingRecords).toBe(0)
  expect(sink.spanIds().toSorted()).toEqual(written.toSorted())
})

test('the folder of a living process and those of other kinds are left alone', async () => {
  sink.answer = () => ({ kind: 'unavailable', message: 'control is down' })
  await write(await start({ instance: 'living' }))
  await write(await start({ instance: 'other', process: 'runner' }))
  await start({ instance: 'third' })
  expect(readdirSync(root).toSorted()).toEqual(['gateway-living', 'gateway-third', 'runner-other'])
})

test('a nearly full spool drops bodies, a full one drops records, and both are counted', async () => {
  sink.answer = () => ({ kind: 'unavailable', message: 'control is down' })
  const spool = await start({ limitBytes: 20_000 })
  for (let index = 0; index < 40; index++) await write(spool, exampleRecord({ input: 'x'.repeat(1000) }))
  const stats = spool.stats()
  expect(stats.droppedBodies).toBeGreaterThan(0)
  expect(stats.droppedRecords).toBeGreaterThan(0)
  expect(stats.writtenRecords + stats.droppedRecords).toBe(40)
  expect(stats.spoolBytes).toBeLessThanOrEqual(20_000)
  expect(stats.lastError).toContain('limit of 20000 bytes')
})

test('a line that control refuses is kept aside and does not hold up the others', async () => {
  const dead = await start({ instance: 'dead', delayMs: 60_000 })
  sink.answer = () => ({ kind: 'unavailable', message: 'control is down' })
  const id = await write(dead)
  await dead.stop(0)
  appendFileSync(join(root, 'gateway-dead', segmentName(1)), '{"kind":"span","project":"another version"}\n')
  buryOwner('dead')
  sink.answer = undefined
  const heir = await start()
  await expect.poll(() => heir.stats().pendingRecords).toBe(0)
  expect(sink.spanIds()).toEqual([id])
  expect(heir.stats()).toMatchObject({ rejectedRecords: 1, shippedRecords: 1 })
  expect(readFileSync(join(root, 'rejected.ndjson'), 'utf8')).toContain('another version')
})

test('a shipment that is too large is cut smaller until it is taken', async () => {
  sink.answer = undefined
  const send: SpoolOptions['send'] = (body, signal) =>
    body.length > 6_000 ? Promise.resolve({ kind: 'too-large', message: '413' }) : sink.send(body, signal)
  const spool = await start({ send, delayMs: 30 })
  const written = await Promise.all(Array.from({ length: 50 }, () => write(spool)))
  await spool.stop()
  expect(sink.spanIds().toSorted()).toEqual(written.toSorted())
  expect(existsSync(join(root, 'rejected.ndjson'))).toBe(false)
})
