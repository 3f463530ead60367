import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSpool } from '@ratchet/spool'
import { exampleRecord } from '../../packages/spool/src/testing/example-record.ts'
import { median, type BenchTable } from '../bench-table.ts'

const perRound = 20_000
/** Records that wait for the same write, as calls that end together do. */
const together = 16
const rounds = 9
const targetTimes = 3

/** Appending spans until they are on disk, beside writing as many ready bytes to a file. */
export async function runSpoolAppendBench(): Promise<BenchTable> {
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-bench-'))
  const spool = await startSpool({
    root: join(folder, 'spool'),
    process: 'gateway',
    instance: 'bench',
    limitBytes: 4 * 1024 ** 3,
    // Nobody takes it: shipping is not what is measured.
    send: (_shipment, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
      }),
  })
  // The spool keeps no process alive by itself.
  const alive = setInterval(() => {}, 1_000)
  const file = openSync(join(folder, 'bare'), 'a', 0o600)
  const text = 'word '.repeat(140)
  const record = exampleRecord({ input: text, output: text })
  const lines = Buffer.from(`${JSON.stringify(record)}\n`.repeat(together))
  const ours: number[] = []
  const bare: number[] = []
  try {
    for (let round = 0; round <= rounds; round++) {
      const oursUs = await timed(async () => {
        for (let index = 0; index < perRound; index += together)
          await new Promise<void>((resolve) => {
            let left = together
            const done = () => --left === 0 && resolve()
            for (let one = 0; one < together; one++) spool.append(record, done)
          })
      })
      const bareUs = await timed(async () => {
        for (let index = 0; index < perRound; index += together) writeSync(file, lines)
      })
      if (round === 0) continue
      ours.push(oursUs)
      bare.push(bareUs)
    }
    return describe(median(ours), median(bare), spool.stats().droppedRecords)
  } finally {
    clearInterval(alive)
    closeSync(file)
    await spool.stop(0)
    rmSync(folder, { recursive: true, force: true })
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startMs = performance.now()
  await work()
  return ((performance.now() - startMs) * 1_000) / perRound
}

function describe(oursUs: number, bareUs: number, droppedRecords: number): BenchTable {
  return {
    title: `Spans to disk, ${together} at a time`,
    columns: ['way', 'µs a span', 'ratio'],
    rows: [
      ['bare write of ready bytes', bareUs.toFixed(2), '1.0'],
      ['spool: checked, written as JSON, on disk', oursUs.toFixed(2), (oursUs / bareUs).toFixed(1)],
    ],
    notes: [
      `Spans of 1.4 KB of input and output; medians of ${rounds} rounds in turns; ${droppedRecords} dropped.`,
    ],
    checks: [
      {
        name: 'a span on disk against a bare write',
        value: `${(oursUs / bareUs).toFixed(1)} times`,
        target: `<= ${targetTimes} times`,
        passed: oursUs / bareUs <= targetTimes,
      },
      {
        name: 'spans that were dropped',
        value: String(droppedRecords),
        target: '0',
        passed: droppedRecords === 0,
      },
    ],
  }
}
