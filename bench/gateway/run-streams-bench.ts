import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median, type BenchTable } from '../bench-table.ts'
import { readSetting } from '../read-setting.ts'
import { loadCore, type Candidate } from './measure.ts'
import { runPinned, type PinnedProcess } from './pinned-process.ts'
import { startServers } from './start-servers.ts'
import type { StreamPlan, StreamResult } from './stream-load.ts'

const loadProgram = new URL('./stream-load.ts', import.meta.url).pathname
const openStreams = 2_000
const mib = 1024 * 1024
const targetAddedMs = 0.5
const targetMib = 300e6 / mib

/** How much later the first token comes through our gateway, and what it holds in memory for many open streams. */
export async function runStreamsBench(): Promise<BenchTable> {
  const rounds = readSetting('BENCH_ROUNDS', 7)
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-bench-'))
  const started: PinnedProcess[] = []
  try {
    const { provider, candidates } = await startServers({ folder, started })
    const firstTokens = await measureFirstTokens([provider, ...candidates], rounds)
    const gateway = candidates.find(({ name }) => name === 'ratchet')
    if (gateway === undefined) throw new Error('our gateway is missing')
    return describe(firstTokens, await holdOpen(gateway), rounds)
  } finally {
    await Promise.all(started.map((process) => process.stop()))
    rmSync(folder, { recursive: true, force: true })
  }
}

type FirstTokens = ReadonlyMap<string, readonly StreamResult[]>

async function measureFirstTokens(servers: readonly Candidate[], rounds: number): Promise<FirstTokens> {
  const measured = new Map<string, StreamResult[]>()
  // The first round warms up.
  for (let round = 0; round <= rounds; round++) {
    for (const server of servers) {
      const result = await runStreams(server, 'drip-5', { connections: 4, streamsEach: 15, rampMs: 80 })
      if (round > 0) measured.set(server.name, [...(measured.get(server.name) ?? []), result])
    }
  }
  return measured
}

type HeldOpen = {
  readonly result: StreamResult
  readonly beforeMib: number
  readonly mostMib: number
}

/** All streams at once; each has an event a second, twenty times. */
async function holdOpen(gateway: Candidate): Promise<HeldOpen> {
  const residentMib = () => (gateway.process?.residentBytes() ?? Number.NaN) / mib
  const beforeMib = residentMib()
  let mostMib = beforeMib
  const timer = setInterval(() => (mostMib = Math.max(mostMib, residentMib())), 100)
  try {
    const plan = { connections: openStreams, streamsEach: 1, rampMs: 4_000 }
    return { result: await runStreams(gateway, 'drip-1000', plan), beforeMib, mostMib }
  } finally {
    clearInterval(timer)
  }
}

async function runStreams(
  { name, port, headers }: Candidate,
  drip: string,
  how: Pick<StreamPlan, 'connections' | 'streamsEach' | 'rampMs'>,
): Promise<StreamResult> {
  const isOurs = name === 'ratchet'
  const plan: StreamPlan = {
    ...how,
    port,
    path: isOurs ? '/v1/chat/completions' : `/${drip}/v1/chat/completions`,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({
      model: isOurs ? `${drip}/bench-model` : 'bench-model',
      messages: [{ role: 'user', content: 'Hello. '.repeat(40) }],
      stream: true,
    }),
  }
  return JSON.parse(
    await runPinned(loadCore, process.execPath, [loadProgram, JSON.stringify(plan)]),
  ) as StreamResult
}

function describe(measured: FirstTokens, held: HeldOpen, rounds: number): BenchTable {
  const middle = (name: string, of: 'firstTokenP50Ms' | 'firstTokenP99Ms') =>
    median((measured.get(name) ?? []).map((result) => result[of]))
  const addedMs = middle('ratchet', 'firstTokenP50Ms') - middle('no gateway', 'firstTokenP50Ms')
  const { result, beforeMib, mostMib } = held
  const failed = [...measured.values()].flat().reduce((sum, one) => sum + one.failed, 0)
  const size = (value: number) => (Number.isNaN(value) ? 'unknown' : `${value.toFixed(0)} MiB`)
  return {
    title: 'Streams through one gateway on one core',
    columns: ['server', 'first token p50 ms', 'p99 ms'],
    rows: [...measured.keys()].map((name) => [
      name,
      middle(name, 'firstTokenP50Ms').toFixed(2),
      middle(name, 'firstTokenP99Ms').toFixed(2),
    ]),
    notes: [
      `First token: 4 streams at a time of 20 events, 5 ms apart; medians of ${rounds} rounds in turns; ${failed} failed.`,
      `Open streams: ${result.mostOpen.toLocaleString('en')} at once, an event a second each, ${result.completed.toLocaleString('en')} whole, ${result.failed} failed; memory before ${size(beforeMib)}, at most ${size(mostMib)}, ${(((mostMib - beforeMib) * 1024) / openStreams).toFixed(0)} KiB a stream.`,
    ],
    checks: [
      {
        name: 'first token added (p50)',
        value: `${addedMs.toFixed(2)} ms`,
        target: `<= ${targetAddedMs} ms`,
        passed: addedMs <= targetAddedMs,
      },
      {
        name: `memory with ${openStreams.toLocaleString('en')} open streams`,
        value: `${Math.round((mostMib * mib) / 1e6)} MB`,
        target: '< 300 MB',
        passed: mostMib < targetMib,
      },
      {
        name: 'open streams that came whole',
        value: result.completed.toLocaleString('en'),
        target: openStreams.toLocaleString('en'),
        passed: result.completed === openStreams && result.mostOpen === openStreams,
      },
    ],
  }
}
