import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { diskFiles, type SegmentFiles } from './segments/segment-files.ts'
import { startSpool, type Spool } from './start-spool.ts'
import { exampleRecord } from './testing/example-record.ts'
import { makeSink } from './testing/telemetry-sink.ts'

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'ratchet-full-'))))
afterEach(() => rmSync(root, { recursive: true, force: true }))

const full = () => Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })

/** A disk with room for `freeBytes` more, which writes half of what does not fit, as real ones do. */
function smallDisk(disk: { freeBytes: number }): SegmentFiles {
  return {
    ...diskFiles,
    write: (file, bytes, offset) => {
      if (disk.freeBytes === 0) throw full()
      const part = bytes.subarray(offset, offset + disk.freeBytes)
      disk.freeBytes -= part.length
      return diskFiles.write(file, part, 0)
    },
  }
}

function write(spool: Spool, input: string): Promise<string> {
  const record = exampleRecord({ input })
  return new Promise((resolve) => spool.append(record, () => resolve(record.spanId)))
}

test('a full disk costs records, which are counted, and never an exception; when there is room again all is well', async () => {
  const disk = { freeBytes: 5_000 }
  const sink = makeSink()
  sink.answer = () => ({ kind: 'unavailable', message: 'control is down' })
  const spool = await startSpool({
    root,
    process: 'gateway',
    instance: 'a',
    send: sink.send,
    delayMs: 5,
    files: smallDisk(disk),
  })
  const ids: string[] = []
  for (let index = 0; index < 10; index++) ids.push(await write(spool, 'x'.repeat(600)))
  const duringOutage = spool.stats()
  expect(duringOutage.droppedRecords).toBeGreaterThan(0)
  expect(duringOutage.writtenRecords + duringOutage.droppedRecords).toBe(10)
  expect(duringOutage.lastError).toContain('ENOSPC')

  disk.freeBytes = 1_000_000
  sink.answer = undefined
  const after = await write(spool, 'fits again')
  await expect.poll(() => spool.stats().pendingRecords).toBe(0)
  await spool.stop()
  expect(sink.spanIds()).toHaveLength(duringOutage.writtenRecords + 1)
  expect(sink.spanIds()).toContain(after)
  expect(new Set(sink.spanIds()).size).toBe(sink.spanIds().length)
})

const canMount = process.getuid?.() === 0 && tryMount()

function tryMount(): boolean {
  const place = mkdtempSync(join(tmpdir(), 'ratchet-mount-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', place], { stdio: 'ignore' })
    execFileSync('umount', [place])
    return true
  } catch {
    return false
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

test.runIf(canMount)(
  'a real file system without space behaves the same, and ships what it holds',
  async () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', root])
    try {
      const sink = makeSink()
      sink.answer = () => ({ kind: 'unavailable', message: 'control is down' })
      const spool = await startSpool({ root, process: 'gateway', instance: 'a', send: sink.send, delayMs: 5 })
      for (let index = 0; index < 100; index++) await write(spool, 'x'.repeat(1000))
      const stats = spool.stats()
      expect(stats.droppedRecords).toBeGreaterThan(0)
      expect(stats.writtenRecords + stats.droppedRecords).toBe(100)
      sink.answer = undefined
      await expect.poll(() => spool.stats().pendingRecords).toBe(0)
      expect(sink.spanIds()).toHaveLength(stats.writtenRecords)
      await spool.stop()
    } finally {
      execFileSync('umount', [root])
    }
  },
)
