import { median, type BenchTable } from '../bench-table.ts'
import { litellmVersion } from './litellm.ts'
import { gatewayCore, hasWrk, loadCore, type Candidate, type Measured } from './measure.ts'
import { canPin } from './pinned-process.ts'
import { portkeyVersion } from './portkey.ts'

/** Latencies at a fixed rate of requests per second, by server. */
export type Added = {
  readonly rate: number
  readonly rows: ReadonlyMap<string, { p50Ms: number; p99Ms: number }>
}

type GatewayFigures = {
  readonly candidates: readonly Candidate[]
  readonly rates: ReadonlyMap<string, readonly Measured[]>
  readonly streams: ReadonlyMap<string, readonly Measured[]>
  readonly added: Added
  readonly connections: number
}

const peers = [
  { name: 'portkey', label: `Portkey ${portkeyVersion}`, times: 8 },
  { name: 'litellm', label: `LiteLLM ${litellmVersion}`, times: 20 },
]

/** What the gateway bench prints. */
export function describeGatewayBench(figures: GatewayFigures): BenchTable {
  return {
    title: 'Gateway on one core, same local provider',
    columns: ['server', 'requests/s', 'of bare', 'CPU µs/request', 'streams/s', 'p50 ms', 'p99 ms'],
    rows: rowsOf(figures),
    notes: notesOf(figures),
    checks: checksOf(figures),
  }
}

/** Median of the requests per second of a server. */
export function rateOf(all: ReadonlyMap<string, readonly Measured[]>, name: string): number {
  return median((all.get(name) ?? []).map((measured) => measured.perSecond))
}

function cpuOf({ rates }: GatewayFigures, name: string): number {
  return median((rates.get(name) ?? []).flatMap(({ cpuUs }) => (cpuUs === undefined ? [] : [cpuUs])))
}

function missingPeers({ candidates }: GatewayFigures) {
  return peers.filter(({ name }) => !candidates.some((candidate) => candidate.name === name))
}

function rowsOf(figures: GatewayFigures): string[][] {
  const { candidates, rates, streams, added } = figures
  const bareRate = rateOf(rates, 'bare proxy')
  const latency = (name: string, of: 'p50Ms' | 'p99Ms') => added.rows.get(name)?.[of].toFixed(2) ?? '–'
  return [
    ...candidates.map(({ name }) => [
      name,
      Math.round(rateOf(rates, name)).toLocaleString('en'),
      `${((rateOf(rates, name) / bareRate) * 100).toFixed(rateOf(rates, name) < bareRate / 20 ? 1 : 0)} %`,
      cpuOf(figures, name).toFixed(1),
      Math.round(rateOf(streams, name)).toLocaleString('en'),
      latency(name, 'p50Ms'),
      latency(name, 'p99Ms'),
    ]),
    ...missingPeers(figures).map(({ name }) => [name, 'could not be installed', '–', '–', '–', '–', '–']),
    ['no gateway', '–', '–', '–', '–', latency('no gateway', 'p50Ms'), latency('no gateway', 'p99Ms')],
  ]
}

function notesOf(figures: GatewayFigures): string[] {
  const { candidates, rates, streams, added, connections } = figures
  const errors = (name: string) =>
    [...(rates.get(name) ?? []), ...(streams.get(name) ?? [])].reduce((sum, one) => sum + one.errors, 0)
  const withErrors = candidates.filter(({ name }) => errors(name) > 0)
  const missing = missingPeers(figures)
  const compared = peers.filter((peer) => !missing.includes(peer)).map(({ label }) => label)
  return [
    `Half-kilobyte chats, 1 KB answers, ${connections} connections; streams of 20 events; latencies at ${added.rate} requests/s, half of what ratchet reached.`,
    'ratchet with keys, three limits, a budget, usage, cost and every span on disk and shipped before it counts; the others without any of it, except LiteLLM, which checks a master key.',
    `${canPin ? `Gateways on core ${gatewayCore}, provider and load on core ${loadCore}` : 'Cores not pinned: taskset is missing'}; interleaved, medians; load by ${hasWrk ? 'wrk' : 'bench/load.ts'}; errors: ${withErrors.length === 0 ? 'none' : withErrors.map(({ name }) => `${name} ${errors(name)}`).join(', ')}.`,
    [...compared, ...missing.map(({ label }) => `${label} could not be installed`)].join(', ') + '.',
  ]
}

function checksOf(figures: GatewayFigures): BenchTable['checks'] {
  const { rates, added } = figures
  const ours = rateOf(rates, 'ratchet')
  const share = ours / rateOf(rates, 'bare proxy')
  const cpuUs = cpuOf(figures, 'ratchet')
  const addedMs = (of: 'p50Ms' | 'p99Ms') =>
    (added.rows.get('ratchet')?.[of] ?? Number.NaN) - (added.rows.get('no gateway')?.[of] ?? Number.NaN)
  const missing = missingPeers(figures)
  return [
    {
      name: 'requests per second of a bare proxy',
      value: `${(share * 100).toFixed(0)} %`,
      target: '>= 70 %',
      passed: share >= 0.7,
    },
    { name: 'CPU of a request', value: `${cpuUs.toFixed(1)} µs`, target: '<= 50 µs', passed: cpuUs <= 50 },
    ...peers
      .filter((peer) => !missing.includes(peer))
      .map(({ name, label, times }) => {
        const reached = ours / rateOf(rates, name)
        return {
          name: `times the requests per second of ${label}`,
          value: reached.toFixed(1),
          target: `>= ${times}`,
          passed: reached >= times,
        }
      }),
    {
      name: 'added p50 at half load',
      value: `${addedMs('p50Ms').toFixed(2)} ms`,
      target: '<= 0.2 ms',
      passed: addedMs('p50Ms') <= 0.2,
    },
    {
      name: 'added p99 at half load',
      value: `${addedMs('p99Ms').toFixed(2)} ms`,
      target: '< 2 ms',
      passed: addedMs('p99Ms') < 2,
    },
  ]
}
