import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { RecordWriter } from './record-writer.ts'
import { diskFiles } from '../segments/segment-files.ts'
import { SegmentWriter } from '../segments/segment-writer.ts'
import { makeSpanRecord } from './span-record.ts'
import { makeCounters } from '../spool-stats.ts'

const folders: string[] = []
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })))

const span = makeSpanRecord({
  project: '00000000-0000-4000-8000-000000000001',
  environment: 'production',
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  name: 'call',
  type: 'llm',
  startUs: 1,
  durationUs: 1,
})

function makeWriter(turns: number) {
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-spool-'))
  folders.push(folder)
  let writes = 0
  const files = {
    ...diskFiles,
    write: (file: number, bytes: Buffer, offset: number) => {
      writes += 1
      return diskFiles.write(file, bytes, offset)
    },
  }
  const writer = new RecordWriter({
    segments: new SegmentWriter({ folder, files, segmentBytes: 1_000_000 }),
    budget: { usedBytes: 0, limitBytes: 1_000_000 },
    counters: makeCounters(),
    bodyLimitBytes: 1_000,
    turns: () => turns,
    onCommit: () => undefined,
    onListenerError: (error) => {
      throw error
    },
  })
  return { writer, writes: () => writes }
}

/** Appends one record in each of three turns, and tells how many were confirmed before the write of the last. */
async function appendThree(turns: number) {
  const { writer, writes } = makeWriter(turns)
  let confirmed = 0
  for (let count = 0; count < 3; count++) {
    writer.append(span, () => (confirmed += 1))
    await nextTurn()
  }
  const early = confirmed
  await nextTurn()
  return { early, confirmed, writes: writes() }
}

test('records of one turn of the event loop are one write', async () => {
  expect(await appendThree(1)).toEqual({ early: 3, confirmed: 3, writes: 3 })
})

test('under load the records of several turns are one write, and nobody is told before it', async () => {
  expect(await appendThree(4)).toEqual({ early: 0, confirmed: 3, writes: 1 })
})

test('a flush in between writes at once what has gathered', async () => {
  const { writer, writes } = makeWriter(4)
  let isConfirmed = false
  writer.append(span, () => (isConfirmed = true))
  writer.flush()
  expect([isConfirmed, writes()]).toEqual([true, 1])
  for (let turn = 0; turn < 4; turn++) await nextTurn()
  expect(writes()).toBe(1)
})
