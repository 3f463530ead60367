import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median, type BenchTable } from '../bench-table.ts'
import { readSetting } from '../read-setting.ts'
import { describeGatewayBench, rateOf, type Added } from './describe-gateway-bench.ts'
import { measureLatency, measureThroughput, type Candidate, type Measured } from './measure.ts'
import type { PinnedProcess } from './pinned-process.ts'
import { startServers } from './start-servers.ts'

const connections = 16

/** A request of half a kilobyte, as an average chat has. */
function bodyOf(candidate: Candidate, isStream = false): string {
  const model = candidate.name === 'ratchet' ? 'bench/bench-model' : 'bench-model'
  const content = 'Summarise what the gateway does when control is down, in two sentences. '.repeat(5)
  const messages = [
    { role: 'system', content: 'You are a helpful assistant.' },
    { role: 'user', content },
  ]
  return JSON.stringify({ model, messages, temperature: 0.2, ...(isStream ? { stream: true } : {}) })
}

const warmUpRounds = 3

/**
 * Requests per second of one core and latency at half load: a bare proxy, our gateway with keys, accounting and
 * telemetry on disk, Portkey and LiteLLM, over the same provider. Interleaved; medians.
 */
export async function runGatewayBench(): Promise<BenchTable> {
  const rounds = readSetting('BENCH_ROUNDS', 5)
  const seconds = readSetting('BENCH_SECONDS', 3)
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-bench-'))
  const started: PinnedProcess[] = []
  try {
    const { provider, candidates } = await startServers({ folder, started, withPeers: true })
    const load = { connections, seconds, folder }
    const rates = new Map<string, Measured[]>()
    const streams = new Map<string, Measured[]>()
    // Connections that come and go compile code anew; without these rounds that would be measured.
    for (let round = 0; round < warmUpRounds; round++) {
      for (const candidate of candidates) {
        await measureThroughput(candidate, { ...load, seconds: 2, body: bodyOf(candidate) })
        await measureThroughput(candidate, { ...load, seconds: 1, body: bodyOf(candidate, true) })
      }
    }
    for (let round = 0; round < rounds; round++) {
      for (const candidate of candidates) {
        note(rates, candidate, await measureThroughput(candidate, { ...load, body: bodyOf(candidate) }))
        note(
          streams,
          candidate,
          await measureThroughput(candidate, { ...load, body: bodyOf(candidate, true) }),
        )
      }
    }
    const rate = Math.round(rateOf(rates, 'ratchet') / 2)
    const added = await measureAdded({ provider, candidates, rate, load, rounds })
    return describeGatewayBench({ candidates, rates, streams, added, connections })
  } finally {
    await Promise.all(started.map((process) => process.stop()))
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measureAdded(parts: {
  provider: Candidate
  candidates: readonly Candidate[]
  rate: number
  load: { connections: number; seconds: number; folder: string }
  rounds: number
}): Promise<Added> {
  const { provider, candidates, rate, load, rounds } = parts
  const measured = new Map<string, { p50Ms: number[]; p99Ms: number[] }>()
  // The peers cannot take half of our load on one core; their latency there would be their queue.
  const compared = [provider, ...candidates.filter(({ isPeer }) => isPeer !== true)]
  for (let round = 0; round < rounds; round++) {
    for (const candidate of compared) {
      const body = bodyOf(candidate)
      const { p50Ms, p99Ms } = await measureLatency(candidate, { ...load, body, rate, connections: 64 })
      const known = measured.get(candidate.name) ?? { p50Ms: [], p99Ms: [] }
      measured.set(candidate.name, { p50Ms: [...known.p50Ms, p50Ms], p99Ms: [...known.p99Ms, p99Ms] })
    }
  }
  const rows = [...measured].map(
    ([name, values]) => [name, { p50Ms: median(values.p50Ms), p99Ms: median(values.p99Ms) }] as const,
  )
  return { rate, rows: new Map(rows) }
}

function note(all: Map<string, Measured[]>, candidate: Candidate, measured: Measured): void {
  all.set(candidate.name, [...(all.get(candidate.name) ?? []), measured])
}
