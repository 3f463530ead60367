import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Snapshot } from '@ratchet/contract'
import { hashKeySecret } from '@ratchet/gateway'
import { median, type BenchTable } from '../bench-table.ts'
import { canPin, startPinned, waitForFile, type PinnedProcess } from './pinned-process.ts'
import {
  gatewayCore,
  hasWrk,
  loadCore,
  measureLatency,
  measureThroughput,
  type Candidate,
  type Measured,
} from './measure.ts'
import { installPortkey, portkeyVersion } from './portkey.ts'

export type GatewayBenchOptions = {
  /** Times that every server is measured, in turn; default 5. */
  readonly rounds?: number
  /** Length of one measurement; default 3. */
  readonly seconds?: number
  readonly withPortkey?: boolean
}

const connections = 16
const secret = '0123456789abcdef0123456789abcdef'
const key = `rk_bench_${secret}`
const mainOf = (name: string) => new URL(`./${name}`, import.meta.url).pathname
const gatewayMain = new URL('../../packages/gateway/src/main.ts', import.meta.url).pathname

/** A request of half a kilobyte, as an average chat has. */
function bodyFor(model: string, isStream = false): string {
  const content = 'Summarise what the gateway does when control is down, in two sentences. '.repeat(5)
  const messages = [
    { role: 'system', content: 'You are a helpful assistant.' },
    { role: 'user', content },
  ]
  return JSON.stringify({ model, messages, temperature: 0.2, ...(isStream ? { stream: true } : {}) })
}

/**
 * Requests per second of one core and latency at half load: a bare proxy, our gateway with keys, accounting and
 * telemetry on disk, and Portkey, over the same provider. Interleaved; medians.
 */
export async function runGatewayBench(options: GatewayBenchOptions = {}): Promise<BenchTable> {
  const { rounds = 5, seconds = 3, withPortkey = true } = options
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-bench-'))
  const started: PinnedProcess[] = []
  try {
    const { provider, candidates } = await startAll(folder, withPortkey, started)
    const load = { connections, seconds, folder }
    const rates = new Map<string, Measured[]>()
    const streams = new Map<string, Measured[]>()
    for (const candidate of candidates)
      await measureThroughput(candidate, { ...load, seconds: 2, body: bodyOf(candidate) })
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
    const ours = rateOf(rates, 'ratchet')
    const added = await measureAdded({ provider, candidates, rate: Math.round(ours / 2), load, rounds })
    return describe({ candidates, rates, streams, added, hasPortkey: candidates.length > 2 })
  } finally {
    await Promise.all(started.map((process) => process.stop()))
    rmSync(folder, { recursive: true, force: true })
  }
}

function bodyOf(candidate: Candidate, isStream = false): string {
  return bodyFor(candidate.name === 'ratchet' ? 'bench/bench-model' : 'bench-model', isStream)
}

/** Starts provider, bare proxy, our gateway and, when wanted, Portkey; `started` gets each for stopping. */
export async function startAll(folder: string, withPortkey: boolean, started: PinnedProcess[]) {
  const start = (core: number, args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const process = startPinned({ core, args, env, logFile: join(folder, 'processes.log') })
    started.push(process)
    return process
  }
  const file = (name: string) => join(folder, name)
  mkdirSync(join(folder, 'data/run'), { recursive: true })
  writeFileSync(file('snapshot.json'), 'pending')
  start(loadCore, [mainOf('upstream.ts'), file('upstream.port'), file('control.sock'), file('snapshot.json')])
  const port = Number(await waitForFile(file('upstream.port')))
  const origin = `http://127.0.0.1:${port}`
  writeFileSync(file('snapshot.json'), JSON.stringify(snapshotFor(`${origin}/v1`)))
  const bare = start(gatewayCore, [mainOf('bare-proxy.ts'), file('bare.port'), origin])
  const ours = start(gatewayCore, [gatewayMain], {
    RATCHET_DATA: join(folder, 'data'),
    RATCHET_GATEWAY_PORT: '0',
    RATCHET_CONTROL_SOCKET: file('control.sock'),
    RATCHET_INTERNAL_TOKEN: 'bench',
    RATCHET_SNAPSHOT_KEY: randomBytes(32).toString('base64'),
    NODE_ENV: 'production',
  })
  const candidates: Candidate[] = [
    { name: 'bare proxy', port: Number(await waitForFile(file('bare.port'))), headers: {}, process: bare },
    {
      name: 'ratchet',
      port: await portOfGateway(join(folder, 'data/run/gateway.json')),
      headers: { authorization: `Bearer ${key}` },
      process: ours,
    },
  ]
  const portkey = withPortkey ? installPortkey() : undefined
  if (portkey !== undefined) {
    const portkeyPort = await freePort()
    const process = start(gatewayCore, [portkey, '--headless', `--port=${portkeyPort}`], {
      NODE_ENV: 'production',
    })
    const headers = {
      authorization: 'Bearer sk-bench',
      'x-portkey-provider': 'openai',
      'x-portkey-custom-host': `${origin}/v1`,
    }
    candidates.push({ name: 'portkey', port: portkeyPort, headers, process })
  }
  for (const candidate of candidates) await waitUntilAnswers(candidate)
  return { provider: { name: 'no gateway', port, headers: {} }, candidates }
}

function snapshotFor(baseUrl: string): Snapshot {
  const project = '00000000-0000-4000-8000-000000000001'
  return {
    version: 1,
    madeAtMs: Date.now(),
    projects: [{ id: project, name: 'bench' }],
    keys: [
      {
        id: 'key',
        name: 'bench',
        publicId: 'bench',
        secretHash: hashKeySecret(secret),
        project,
        environment: 'production',
        anyEnvironment: false,
        scopes: ['model:invoke'],
      },
    ],
    revokedPublicIds: [],
    cacheForgets: [],
    cacheForgetsSinceMs: 0,
    connections: [
      {
        project,
        name: 'bench',
        provider: 'openai-compatible',
        baseUrl,
        credentials: [{ id: 'bench', value: 'sk-bench' }],
        settings: {},
        allowPrivate: true,
        models: ['bench-model'],
        prices: { 'bench-model': { inputNano: 2_000_000_000, outputNano: 8_000_000_000 } },
      },
      {
        project,
        name: 'claude',
        provider: 'anthropic',
        baseUrl,
        credentials: [{ id: 'claude', value: 'sk-bench' }],
        settings: {},
        allowPrivate: true,
        models: ['bench-model'],
        prices: { 'bench-model': { inputNano: 2_000_000_000, outputNano: 8_000_000_000 } },
      },
    ],
    deployments: [],
    gateway: [],
    tokenKey: randomBytes(32).toString('base64'),
    limits: { bodyBytes: 32 * 1024 * 1024, requestTimeoutMs: 600_000 },
  }
}

async function portOfGateway(path: string): Promise<number> {
  return (JSON.parse(await waitForFile(path)) as { port: number }).port
}

async function waitUntilAnswers(candidate: Candidate): Promise<void> {
  const end = performance.now() + 20_000
  for (;;) {
    const status = await fetch(`http://127.0.0.1:${candidate.port}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...candidate.headers },
      body: bodyOf(candidate),
    }).then(
      (response) => response.status,
      () => 0,
    )
    if (status === 200) return
    if (performance.now() > end) throw new Error(`${candidate.name} does not answer (status ${status})`)
    await pause(50)
  }
}

type Added = { readonly rate: number; readonly rows: ReadonlyMap<string, { p50Ms: number; p99Ms: number }> }

async function measureAdded(parts: {
  provider: Candidate
  candidates: readonly Candidate[]
  rate: number
  load: { connections: number; seconds: number; folder: string }
  rounds: number
}): Promise<Added> {
  const { provider, candidates, rate, load, rounds } = parts
  const measured = new Map<string, { p50Ms: number[]; p99Ms: number[] }>()
  // Portkey cannot take half of our load on one core; its latency there would be its queue.
  const compared = [provider, ...candidates.filter((candidate) => candidate.name !== 'portkey')]
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

function rateOf(all: ReadonlyMap<string, readonly Measured[]>, name: string): number {
  return median((all.get(name) ?? []).map((measured) => measured.perSecond))
}

function describe(parts: {
  candidates: readonly Candidate[]
  rates: ReadonlyMap<string, readonly Measured[]>
  streams: ReadonlyMap<string, readonly Measured[]>
  added: Added
  hasPortkey: boolean
}): BenchTable {
  const { candidates, rates, streams, added, hasPortkey } = parts
  const bareRate = rateOf(rates, 'bare proxy')
  const ratio = rateOf(rates, 'ratchet') / bareRate
  const overPortkey = rateOf(rates, 'ratchet') / rateOf(rates, 'portkey')
  const direct = added.rows.get('no gateway')
  const ours = added.rows.get('ratchet')
  const addedP99Ms = (ours?.p99Ms ?? Number.NaN) - (direct?.p99Ms ?? Number.NaN)
  const cpuOf = (name: string) =>
    median((rates.get(name) ?? []).flatMap(({ cpuUs }) => (cpuUs === undefined ? [] : [cpuUs])))
  const errors = [...rates.values(), ...streams.values()]
    .flat()
    .reduce((sum, measured) => sum + measured.errors, 0)
  const latency = (name: string, of: 'p50Ms' | 'p99Ms') => added.rows.get(name)?.[of].toFixed(2) ?? '–'
  const rows = candidates.map(({ name }) => [
    name,
    Math.round(rateOf(rates, name)).toLocaleString('en'),
    `${((rateOf(rates, name) / bareRate) * 100).toFixed(0)} %`,
    cpuOf(name).toFixed(1),
    Math.round(rateOf(streams, name)).toLocaleString('en'),
    latency(name, 'p50Ms'),
    latency(name, 'p99Ms'),
  ])
  return {
    title: 'Gateway on one core, same local provider',
    columns: ['server', 'requests/s', 'of bare', 'CPU µs/request', 'streams/s', 'p50 ms', 'p99 ms'],
    rows: [
      ...rows,
      ['no gateway', '–', '–', '–', '–', latency('no gateway', 'p50Ms'), latency('no gateway', 'p99Ms')],
    ],
    notes: [
      `Half-kilobyte chats, 1 KB answers, ${connections} connections; streams of 20 events; latencies at ${added.rate} requests/s, half of what ratchet reached.`,
      'ratchet with keys, usage, cost and every span on disk and shipped before it counts; the others without any of it.',
      `${canPin ? `Gateway on core ${gatewayCore}, provider and load on core ${loadCore}` : 'Cores not pinned: taskset is missing'}; interleaved, medians; load by ${hasWrk ? 'wrk' : 'bench/load.ts'}; ${errors} errors.${hasPortkey ? ` Portkey ${portkeyVersion}.` : ' Portkey could not be installed.'}`,
    ],
    checks: [
      {
        name: 'requests per second of a bare proxy',
        value: `${(ratio * 100).toFixed(0)} %`,
        target: '>= 60 %',
        passed: ratio >= 0.6,
      },
      ...(hasPortkey
        ? [
            {
              name: 'times the requests per second of Portkey',
              value: overPortkey.toFixed(1),
              target: '>= 5',
              passed: overPortkey >= 5,
            },
          ]
        : []),
      {
        name: 'added p99 at half load',
        value: `${addedP99Ms.toFixed(2)} ms`,
        target: '< 2 ms',
        passed: addedP99Ms < 2,
      },
    ],
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
