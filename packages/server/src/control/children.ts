import { existsSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AppError } from '@ratchet/contract'
import { gatewayFlags, protectionVariables } from '@ratchet/gateway'
import type { Config } from '../config.ts'
import { findOrphan, recordedGateways, type ChildSpec } from './child-process.ts'
import { portError } from './listen.ts'

export type ChildAddresses = {
  readonly gatewayPort: number
  readonly controlSocket: string
  readonly snapshotKey: string
}

/** Long-lived servers want a small young generation: short pauses, flat memory. */
const smallYoungGeneration = ['--max-semi-space-size=8']

/** The first keeps the name that it has alone. */
function gatewayName(index: number): string {
  return index === 0 ? 'gateway' : `gateway-${index + 1}`
}

/** How gateways and runner are started. They get what they need and nothing else of our environment. */
export function childSpecs(
  config: Config,
  addresses: ChildAddresses,
): { gateways: ChildSpec[]; runner: ChildSpec } {
  const env = childEnvironment(config, addresses)
  const gateways = Array.from({ length: config.gateways }, (_, index) => gatewayName(index))
  return {
    gateways: gateways.map((name) => ({
      name,
      entry: entryOf('@ratchet/gateway/main'),
      args: gatewayFlags,
      env: { ...env, RATCHET_SNAPSHOT_KEY: addresses.snapshotKey, RATCHET_GATEWAY_NAME: name },
      isReady: async (pid, signal) => {
        const gateway = readRecord(config.dataFolder, name)
        if (gateway?.pid !== pid || !gateway.socket) return false
        const { status } = await getLocal({ socketPath: gateway.socket, path: '/health/ready' }, signal)
        return status === 200
      },
    })),
    runner: {
      name: 'runner',
      entry: entryOf('@ratchet/runtime/main'),
      args: smallYoungGeneration,
      env,
      isReady: async (pid, signal) => {
        const runner = readRecord(config.dataFolder, 'runner')
        if (runner?.pid !== pid || !runner.socket) return false
        return (await getLocal({ socketPath: runner.socket, path: '/health' }, signal)).status === 200
      },
    },
  }
}

/** What an operator may set for the children; passed on as it is. */
const childSettings = [
  'RATCHET_SPOOL_LIMIT_BYTES',
  'RATCHET_SPAN_BODY_LIMIT_BYTES',
  'RATCHET_FIRST_TOKEN_TIMEOUT_MS',
  'RATCHET_IDLE_TIMEOUT_MS',
  'RATCHET_DRAIN_TIMEOUT_MS',
  'RATCHET_ACCESS_LOG',
  'RATCHET_SEND_TRACE_CONTEXT',
  ...Object.values(protectionVariables),
  'RATCHET_RUNNER_RUNS',
  'RATCHET_TOOL_WORKERS',
]

function childEnvironment(config: Config, addresses: ChildAddresses): Record<string, string> {
  const kept = [
    'PATH',
    'HOME',
    'TMPDIR',
    'TZ',
    'LANG',
    'NODE_ENV',
    'NODE_EXTRA_CA_CERTS',
    'SSL_CERT_FILE',
    'SSL_CERT_DIR',
    ...childSettings,
  ]
  const inherited = kept.flatMap((name) => {
    const value = config.environment[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return {
    ...Object.fromEntries(inherited),
    RATCHET_DATA: config.dataFolder,
    RATCHET_HOST: config.host,
    RATCHET_GATEWAY_PORT: String(addresses.gatewayPort),
    RATCHET_GATEWAY_URL: `http://${config.host}:${addresses.gatewayPort}`,
    RATCHET_CONTROL_SOCKET: addresses.controlSocket,
    RATCHET_INTERNAL_TOKEN: config.internalToken,
    RATCHET_LOG: config.logLevel,
    // Compiled code is kept between starts: a third less time and a quarter less memory.
    NODE_COMPILE_CACHE:
      config.environment['NODE_COMPILE_CACHE'] ?? join(config.dataFolder, 'cache', 'compile'),
  }
}

function entryOf(specifier: string): string {
  return fileURLToPath(import.meta.resolve(specifier))
}

export type ChildRecord = { readonly pid?: number; readonly socket?: string }

/** What a child wrote down about itself; undefined while it has not. */
export function readRecord(dataFolder: string, name: string): ChildRecord | undefined {
  const path = join(dataFolder, 'run', `${name}.json`)
  if (!existsSync(path)) return undefined
  return JSON.parse(readFileSync(path, 'utf8')) as ChildRecord
}

/**
 * The gateway shares its port with the one it takes over from, so a foreign Ratchet on the same port
 * would silently share our traffic. Refuse when whoever answers there is not the orphan of this folder.
 */
export async function refuseForeignGateway(config: Config, port: number): Promise<void> {
  const place = { host: config.host, port, variable: '--gateway-port or RATCHET_GATEWAY_PORT' }
  if (recordedGateways(config.dataFolder).some((name) => findOrphan(config.dataFolder, name) !== undefined))
    return
  const answers = await getLocal(
    { host: config.host, port, path: '/health/live' },
    AbortSignal.timeout(1_000),
  ).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ECONNREFUSED',
  )
  if (answers) throw portError(Object.assign(new Error('in use'), { code: 'EADDRINUSE' }), place)
}

/** Resolves when every gateway serves by this snapshot or a later one; gives up after 5 s, because an older one serves too. */
export async function waitForSnapshot(config: Config, version: number): Promise<boolean> {
  const deadline = AbortSignal.timeout(5_000)
  const names = Array.from({ length: config.gateways }, (_, index) => gatewayName(index))
  const have = await Promise.all(names.map((name) => waitForOne(config, { name, version }, deadline)))
  return have.every(Boolean)
}

async function waitForOne(
  config: Config,
  { name, version }: { readonly name: string; readonly version: number },
  deadline: AbortSignal,
): Promise<boolean> {
  while (!deadline.aborted) {
    const socketPath = readRecord(config.dataFolder, name)?.socket
    const { body } = await (socketPath === undefined
      ? Promise.resolve({ body: '{}' })
      : getLocal({ socketPath, path: '/health/ready' }, deadline).catch(() => ({ body: '{}' })))
    const { snapshotVersion = 0 } = JSON.parse(body) as { snapshotVersion?: number }
    if (snapshotVersion >= version) return true
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return false
}

type Place = { host?: string; port?: number; socketPath?: string; path: string }

/** GETs from one of our own processes. */
export function getLocal(place: Place, signal: AbortSignal): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const call = request({ ...place, signal, agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => (body += text))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
      response.on('error', reject)
    })
    call.setTimeout(2_000, () =>
      call.destroy(new AppError('timeout', { message: `${place.path} did not answer in 2 s` })),
    )
    call.on('error', reject)
    call.end()
  })
}
