import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BenchTable } from '../bench-table.ts'
import { readSetting } from '../read-setting.ts'
import { slopeOf } from './slope-of.ts'
import { loadCore, type Candidate } from './measure.ts'
import type { MixPlan, MixResult } from './mixed-load.ts'
import { runPinned, type PinnedProcess } from './pinned-process.ts'
import type { MemorySample } from './report-memory.ts'
import { startServers } from './start-servers.ts'

const fileOf = (name: string) => new URL(`./${name}`, import.meta.url).pathname
const mb = 1_000_000
const targetMbPerMinute = 1
/** Share of the time that fills caches, pools and the heap's spare room, and is not counted. */
const warmUpShare = 0.25
/** When the system does not tell processor time. */
const fallbackRate = 1_000

/** Memory of our gateway over ten minutes of steady mixed load at a third of a core; `BENCH_SECONDS` for another length. */
export async function runSoakBench(): Promise<BenchTable> {
  const seconds = readSetting('BENCH_SECONDS', 600)
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-bench-'))
  const memoryFile = join(folder, 'memory.jsonl')
  const started: PinnedProcess[] = []
  try {
    const { candidates } = await startServers({
      folder,
      started,
      gatewayArgs: ['--import', fileOf('report-memory.ts')],
      gatewayEnv: { BENCH_MEMORY_FILE: memoryFile },
    })
    const gateway = candidates.find(({ name }) => name === 'ratchet')
    if (gateway === undefined) throw new Error('our gateway is missing')
    await runMix(gateway, { rate: 300, seconds: 10 })
    const rate = await aThirdOfCapacity(gateway)
    const startMs = Date.now()
    const result = await runMix(gateway, { rate, seconds })
    return describe({ samples: readSamples(memoryFile, startMs), result, rate, seconds })
  } finally {
    await Promise.all(started.map((process) => process.stop()))
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Calls per second of the mix that keep a third of the gateway's core busy. */
async function aThirdOfCapacity(gateway: Candidate): Promise<number> {
  const before = gateway.process?.cpuUs()
  const { calls } = await runMix(gateway, { rate: 500, seconds: 5 })
  const after = gateway.process?.cpuUs()
  if (before === undefined || after === undefined) return fallbackRate
  return Math.round(1_000_000 / 3 / ((after - before) / calls))
}

async function runMix(gateway: Candidate, how: Pick<MixPlan, 'rate' | 'seconds'>): Promise<MixResult> {
  const { port, headers } = gateway
  const plan: MixPlan = { ...how, port, authorization: headers['authorization'] ?? '' }
  const args = [fileOf('mixed-load.ts'), JSON.stringify(plan)]
  return JSON.parse(await runPinned(loadCore, process.execPath, args)) as MixResult
}

function readSamples(file: string, startMs: number): MemorySample[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as MemorySample).filter(({ atMs }) => atMs >= startMs)
}

type NumberedSample = MemorySample & { readonly second: number }

type Soak = {
  readonly samples: readonly MemorySample[]
  readonly result: MixResult
  readonly rate: number
  readonly seconds: number
}

/** What is left of the heap right after the large collections: what is really held. */
function leftAfterCollections(samples: readonly NumberedSample[]): NumberedSample[] {
  return samples.filter(
    (sample, index) => sample.heapUsed < 0.75 * (samples[index - 1]?.heapUsed ?? sample.heapUsed),
  )
}

function describe({ samples, result, rate, seconds }: Soak): BenchTable {
  // One sample a second: its number is the time, also for processes that were stopped for a while.
  const numbered = samples.map((sample, second) => ({ ...sample, second }))
  const counted = numbered.slice(Math.floor(numbered.length * warmUpShare))
  const perMinute = (all: readonly NumberedSample[], of: 'rss' | 'heapUsed') =>
    slopeOf(all.map((sample) => ({ x: sample.second / 60, y: sample[of] / mb })))
  const slope = perMinute(counted, 'rss')
  const left = leftAfterCollections(counted)
  const everyMinute = numbered.filter(({ second }) => second % Math.ceil(numbered.length / 10) === 0)
  const unexpected = Object.entries(result.unexpected)
  const size = (bytes: number) => (bytes / mb).toFixed(1)
  return {
    title: `Memory over ${seconds} s of steady mixed load`,
    columns: ['after s', 'resident MB', 'heap used MB', 'outside heap MB', 'of it buffers MB'],
    rows: [...everyMinute, ...numbered.slice(-1)].map((sample) => [
      String(sample.second),
      size(sample.rss),
      size(sample.heapUsed),
      size(sample.external),
      size(sample.arrayBuffers),
    ]),
    notes: [
      `${result.calls.toLocaleString('en')} calls at ${rate.toLocaleString('en')} a second, a third of one core: 74 % plain, 14 % streams, 4 % streams broken off by the client, 8 % errors; ${result.skipped.toLocaleString('en')} skipped.`,
      unexpected.length === 0
        ? 'Every call ended as it should.'
        : `Ended otherwise: ${unexpected.map(([name, count]) => `${name} (${count})`).join(', ')}.`,
      `Slopes by least squares over ${counted.length} samples, one a second, after a quarter of the time for warming up. Heap used: ${perMinute(counted, 'heapUsed').toFixed(2)} MB a minute; right after its ${left.length} large collections: ${perMinute(left, 'heapUsed').toFixed(2)} MB a minute, ${left.map(({ heapUsed }) => size(heapUsed)).join(', ')} MB.`,
    ],
    checks: [
      {
        name: 'growth of resident memory',
        value: `${slope.toFixed(2)} MB a minute`,
        target: `< ${targetMbPerMinute} MB a minute`,
        passed: slope < targetMbPerMinute,
      },
      {
        name: 'calls that ended otherwise than they should',
        value: unexpected.reduce((sum, [, count]) => sum + count, 0).toString(),
        target: '0',
        passed: unexpected.length === 0,
      },
    ],
  }
}
