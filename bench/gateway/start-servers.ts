import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { GatewayConfig } from '@ratchet/contract'
import { gatewayFlags } from '@ratchet/gateway'
import { benchKey, snapshotFor } from './bench-snapshot.ts'
import { installLitellm, litellmKey, litellmStart } from './litellm.ts'
import { gatewayCore, loadCore, type Candidate } from './measure.ts'
import { startPinned, waitForFile, type PinnedProcess } from './pinned-process.ts'
import { installPortkey } from './portkey.ts'

export type Servers = {
  /** The provider itself, asked without a gateway. */
  readonly provider: Candidate
  /** The bare proxy, our gateway, and the peers that could be installed. */
  readonly candidates: readonly Candidate[]
}

type StartServers = {
  /** For everything that the servers write. */
  readonly folder: string
  /** Gets each process, for stopping, also when starting fails. */
  readonly started: PinnedProcess[]
  readonly withPeers?: boolean
  /** False: the system chooses the cores. */
  readonly isPinned?: boolean
  /** Of our gateway: routes, caches, guardrails. */
  readonly config?: GatewayConfig
  /** For Node, before our gateway's program. */
  readonly gatewayArgs?: readonly string[]
  readonly gatewayEnv?: Readonly<Record<string, string>>
}

type StartOne = (
  core: number,
  args: readonly string[],
  more?: { readonly program?: string; readonly env?: Readonly<Record<string, string>> },
) => PinnedProcess

const fileOf = (name: string) => new URL(`./${name}`, import.meta.url).pathname
const gatewayMain = new URL('../../packages/gateway/src/main.ts', import.meta.url).pathname

/** Starts the local provider, and in front of it a bare proxy, our gateway and, when wanted, its peers. */
export async function startServers(options: StartServers): Promise<Servers> {
  const { folder, started, config, withPeers = false, isPinned = true } = options
  const { gatewayArgs = [], gatewayEnv = {} } = options
  const start: StartOne = (core, args, more = {}) => {
    const logFile = join(folder, 'processes.log')
    const process = startPinned({ core: isPinned ? core : undefined, args, ...more, logFile })
    started.push(process)
    return process
  }
  const file = (name: string) => join(folder, name)
  mkdirSync(join(folder, 'data/run'), { recursive: true })
  writeFileSync(file('snapshot.json'), 'pending')
  start(loadCore, [fileOf('upstream.ts'), file('upstream.port'), file('control.sock'), file('snapshot.json')])
  const port = Number(await waitForFile(file('upstream.port')))
  const origin = `http://127.0.0.1:${port}`
  writeFileSync(file('snapshot.json'), JSON.stringify(snapshotFor(origin, config)))
  const bare = start(gatewayCore, [fileOf('bare-proxy.ts'), file('bare.port'), origin])
  const env = { ...gatewayEnvironment(folder), ...gatewayEnv }
  const ours = start(gatewayCore, [...gatewayFlags, ...gatewayArgs, gatewayMain], { env })
  const candidates: Candidate[] = [
    { name: 'bare proxy', port: Number(await waitForFile(file('bare.port'))), headers: {}, process: bare },
    {
      name: 'ratchet',
      port: await portOfGateway(join(folder, 'data/run/gateway.json')),
      headers: { authorization: `Bearer ${benchKey}` },
      process: ours,
    },
    ...(withPeers ? await startPeers(start, { folder, origin }) : []),
  ]
  for (const candidate of candidates) await waitUntilAnswers(candidate)
  return { provider: { name: 'no gateway', port, headers: {} }, candidates }
}

function gatewayEnvironment(folder: string): Record<string, string> {
  return {
    RATCHET_DATA: join(folder, 'data'),
    RATCHET_GATEWAY_PORT: '0',
    RATCHET_CONTROL_SOCKET: join(folder, 'control.sock'),
    RATCHET_INTERNAL_TOKEN: 'bench',
    RATCHET_SNAPSHOT_KEY: randomBytes(32).toString('base64'),
    NODE_ENV: 'production',
  }
}

async function startPeers(
  start: StartOne,
  { folder, origin }: { folder: string; origin: string },
): Promise<Candidate[]> {
  const peers: Candidate[] = []
  const portkey = installPortkey()
  if (portkey !== undefined) {
    const port = await freePort()
    const args = [portkey, '--headless', `--port=${port}`]
    const process = start(gatewayCore, args, { env: { NODE_ENV: 'production' } })
    const headers = {
      authorization: 'Bearer sk-bench',
      'x-portkey-provider': 'openai',
      'x-portkey-custom-host': `${origin}/v1`,
    }
    peers.push({ name: 'portkey', port, headers, process, isPeer: true })
  }
  const litellm = installLitellm()
  if (litellm !== undefined) {
    const port = await freePort()
    const { program, args, env } = litellmStart(litellm, { port, origin, folder })
    const process = start(gatewayCore, args, { program, env })
    const headers = { authorization: `Bearer ${litellmKey}` }
    peers.push({ name: 'litellm', port, headers, process, isPeer: true })
  }
  return peers
}

async function portOfGateway(path: string): Promise<number> {
  return (JSON.parse(await waitForFile(path)) as { port: number }).port
}

async function waitUntilAnswers(candidate: Candidate): Promise<void> {
  const model = candidate.name === 'ratchet' ? 'bench/bench-model' : 'bench-model'
  // LiteLLM takes several seconds to start, longer on a busy core.
  const end = performance.now() + 60_000
  for (;;) {
    const status = await fetch(`http://127.0.0.1:${candidate.port}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...candidate.headers },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
    }).then(
      (response) => response.status,
      () => 0,
    )
    if (status === 200) return
    if (performance.now() > end) throw new Error(`${candidate.name} does not answer (status ${status})`)
    await pause(50)
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
