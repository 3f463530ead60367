import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gatewayConfig } from '@ratchet/contract'
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

/** Limits of each kind that nobody reaches: what is measured is the work for them. */
const config = gatewayConfig.parse({
  limits: [
    { name: 'requests', scope: 'key', measure: 'requests', limit: 1_000_000_000 },
    { name: 'tokens', scope: 'project', measure: 'tokens', limit: 1_000_000_000_000 },
    { name: 'running', scope: 'key', measure: 'concurrency', limit: 100_000 },
  ],
  budgets: [{ name: 'team', scope: 'project', period: 'month', limitUsd: 1_000_000 }],
})

/**
 * Requests per second of one core and latency at half load: a bare proxy, our gateway with keys, limits, accounting
 * and telemetry on disk, Portkey and LiteLLM, over the same provider. Interleaved; medians over several starts, because
 * where a process and its compiled code happen to lie changes its speed by a twentieth.
 */
export async function runGatewayBench(): Promise<BenchTable> {
  const starts = readSetting('BENCH_STARTS', 3)
  const rounds = readSetting('BENCH_ROUNDS', 3)
  const seconds = readSetting('BENCH_SECONDS', 3)
  const rates: Rates = new Map()
  const streams: Rates = new Map()
  const latencies: Latencies = new Map()
  let tested: readonly Candidate[] = []
  let rate = 0
  for (let start = 0; start < starts; start++) {
    const folder = mkdtempSync(join(tmpdir(), 'ratchet-bench-'))
    const started: PinnedProcess[] = []
    try {
      const servers = await startServers({
        folder,
        started,
        config,
        withPeers: start === 0,
      })
      const { provider, candidates } = servers
      if (start === 0) tested = candidates
      const load = { connections, seconds, folder, rounds }
      // One kind of call after the other, as each is measured by itself.
      await measureRates(rates, candidates, { ...load, isStream: false })
      rate ||= Math.round(rateOf(rates, 'ratchet') / 2)
      // The peers cannot take half of our load on one core; their latency there would be their queue.
      const compared = [provider, ...candidates.filter(({ isPeer }) => isPeer !== true)]
      await measureLatencies(latencies, compared, { ...load, rate })
      await measureRates(streams, candidates, { ...load, isStream: true })
    } finally {
      await Promise.all(started.map((process) => process.stop()))
      rmSync(folder, { recursive: true, force: true })
    }
  }
  const added = { rate, rows: mediansOf(latencies) }
  return describeGatewayBench({ candidates: tested, rates, streams, added, connections })
}

type Rates = Map<string, Measured[]>
type Latencies = Map<string, { p50Ms: number; p99Ms: number }[]>
type Load = { connections: number; seconds: number; folder: string; rounds: number }

/** Interleaved, so that what else the machine does meets all alike. */
async function measureRates(
  all: Rates,
  candidates: readonly Candidate[],
  load: Load & { readonly isStream: boolean },
): Promise<void> {
  // Connections that come and go compile code anew; without these rounds that would be measured.
  for (let round = -warmUpRounds; round < load.rounds; round++) {
    for (const candidate of candidates) {
      const body = bodyOf(candidate, load.isStream)
      const seconds = round < 0 ? Math.min(2, load.seconds) : load.seconds
      const measured = await measureThroughput(candidate, { ...load, seconds, body })
      if (round >= 0) all.set(candidate.name, [...(all.get(candidate.name) ?? []), measured])
    }
  }
}

async function measureLatencies(
  all: Latencies,
  candidates: readonly Candidate[],
  load: Load & { readonly rate: number },
): Promise<void> {
  for (let round = 0; round < load.rounds; round++) {
    for (const candidate of candidates) {
      const measured = await measureLatency(candidate, { ...load, body: bodyOf(candidate), connections: 64 })
      all.set(candidate.name, [...(all.get(candidate.name) ?? []), measured])
    }
  }
}

function mediansOf(all: Latencies): Added['rows'] {
  const rows = [...all].map(([name, values]) => {
    const p50Ms = median(values.map((value) => value.p50Ms))
    return [name, { p50Ms, p99Ms: median(values.map((value) => value.p99Ms)) }] as const
  })
  return new Map(rows)
}
