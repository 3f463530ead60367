import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { AppError } from '@ratchet/contract'
import { makeHttpSender, startSpool, type SpoolStats } from '@ratchet/spool'
import { RunnerClient } from './apps/runner-client.ts'
import { CallWatch } from './calls/call-watch.ts'
import type { GatewayConfig } from './config.ts'
import type { GatewayParts } from './gateway-parts.ts'
import { routeRequest } from './http/route-request.ts'
import { Authenticator } from './keys/authenticator.ts'
import { makeLog } from './log.ts'
import { GatewayMetrics } from './metrics/gateway-metrics.ts'
import { renderMetrics } from './metrics/render-metrics.ts'
import { UpstreamPools } from './providers/upstream-pools.ts'
import { SnapshotKeeper } from './snapshot/snapshot-keeper.ts'
import { followSnapshots } from './snapshot/snapshot-stream.ts'
import { makeWallClock } from './wall-clock.ts'

export type RunningGateway = {
  readonly url: string
  readonly port: number
  readonly instance: string
  readonly spool: () => SpoolStats
  /** Stops accepting, lets running calls end within the drain time, ships what it can. */
  readonly stop: () => Promise<void>
}

const recordName = 'gateway.json'

/**
 * Starts the data plane and resolves when it listens. It serves from the snapshot saved on disk until control
 * answers, and answers 503 while it has none. Throws `unavailable` when the port is taken.
 */
export async function startGateway(config: GatewayConfig): Promise<RunningGateway> {
  const instance = randomUUID()
  const log = makeLog(config.logLevel ?? 'info')
  const runFolder = join(config.dataFolder, 'run')
  mkdirSync(runFolder, { recursive: true })
  const connectTimeoutMs = config.connectTimeoutMs ?? 10_000
  const spool = await startSpool({
    root: join(config.dataFolder, 'spool'),
    process: 'gateway',
    instance,
    send: makeHttpSender(config.control, config.internalToken),
    ...(config.spoolLimitBytes === undefined ? {} : { limitBytes: config.spoolLimitBytes }),
    ...(config.bodyLimitBytes === undefined ? {} : { bodyLimitBytes: config.bodyLimitBytes }),
  })
  const parts: GatewayParts = {
    snapshots: new SnapshotKeeper({
      path: join(runFolder, 'snapshot.sealed'),
      keyBase64: config.snapshotKey,
      log,
    }),
    authenticator: new Authenticator(),
    pools: new UpstreamPools({ connectTimeoutMs }),
    runner: new RunnerClient({
      recordPath: join(runFolder, 'runner.json'),
      firstSocket: config.runnerSocket,
      connectTimeoutMs,
    }),
    spool,
    metrics: new GatewayMetrics(),
    watch: new CallWatch(),
    idleTimeoutMs: config.idleTimeoutMs ?? 120_000,
    clock: makeWallClock(),
    log,
  }
  parts.snapshots.onChange((snapshot) => {
    parts.authenticator.useSnapshot(snapshot)
    parts.pools.useSnapshot(snapshot)
    log.info({ version: snapshot.version }, 'configuration in force')
  })
  parts.snapshots.loadFromDisk()
  const stream = followSnapshots({
    control: config.control,
    internalToken: config.internalToken,
    onSnapshot: (snapshot) => parts.snapshots.accept(snapshot),
    log,
  })
  let isDraining = false
  const server = createServer({ keepAliveTimeout: 65_000, noDelay: true }, (request, response) => {
    if (isDraining) response.shouldKeepAlive = false
    if (request.url?.startsWith('/v1/')) return routeRequest(parts, request, response)
    const state = { isDraining, isControlConnected: stream.isConnected() }
    if (!serveOwnPath(parts, state, request, response)) routeRequest(parts, request, response)
  })
  let port: number
  try {
    port = await listen(server, config)
  } catch (error) {
    stream.stop()
    await spool.stop(0)
    throw error
  }
  const recordPath = join(runFolder, recordName)
  writeRecord(recordPath, { pid: process.pid, instance, port, startedAt: new Date().toISOString() })
  log.info({ port, host: config.host, instance }, 'gateway listens')
  return {
    url: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`,
    port,
    instance,
    spool: spool.stats,
    stop: async () => {
      isDraining = true
      stream.stop()
      await drain(server, config.drainTimeoutMs ?? 12_000)
      await spool.stop()
      await Promise.all([parts.pools.close(), parts.runner.close()])
      removeRecord(recordPath, instance)
    },
  }
}

type GatewayState = { readonly isDraining: boolean; readonly isControlConnected: boolean }

/** Health and metrics; false for any other path. */
function serveOwnPath(
  parts: GatewayParts,
  state: GatewayState,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const reply = (status: number, body: object) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    return true
  }
  const snapshot = parts.snapshots.current
  switch (request.url) {
    case '/health/live':
      return reply(200, { status: 'ok' })
    case '/health/ready': {
      const isReady = snapshot !== undefined && !state.isDraining
      const reason = state.isDraining
        ? 'draining'
        : snapshot === undefined
          ? 'no configuration yet'
          : undefined
      return reply(isReady ? 200 : 503, {
        status: isReady ? 'ok' : 'not ready',
        ...(reason === undefined ? {} : { reason }),
        snapshotVersion: snapshot?.version ?? 0,
        control: state.isControlConnected ? 'connected' : 'down',
        pid: process.pid,
      })
    }
    case '/metrics': {
      const sources = { metrics: parts.metrics, spool: parts.spool.stats(), snapshot, nowMs: Date.now() }
      const text = renderMetrics({ ...sources, isControlConnected: state.isControlConnected })
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text)
      return true
    }
    default:
      return false
  }
}

function listen(server: Server, config: GatewayConfig): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE'
      const message = isTaken
        ? `Port ${config.port} on ${config.host} is taken by another program. Stop it, or choose another with RATCHET_GATEWAY_PORT.`
        : `The gateway cannot listen on ${config.host}:${config.port}: ${error.message}. Choose another address with RATCHET_HOST and RATCHET_GATEWAY_PORT.`
      reject(
        new AppError('unavailable', {
          message,
          details: { port: config.port, host: config.host },
          cause: error,
        }),
      )
    })
    // A new gateway listens beside the old one before that one drains, so a restart refuses nobody.
    server.listen({ host: config.host, port: config.port, reusePort: config.port !== 0 }, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : config.port)
    })
  })
}

async function drain(server: Server, timeoutMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  // A connection becomes idle when its last call ends; a client may keep it open for long after.
  const idleTimer = setInterval(() => server.closeIdleConnections(), 20)
  const timer = setTimeout(() => server.closeAllConnections(), timeoutMs)
  await closed
  clearInterval(idleTimer)
  clearTimeout(timer)
}

function writeRecord(path: string, record: object): void {
  writeFileSync(`${path}.new`, JSON.stringify(record))
  renameSync(`${path}.new`, path)
}

/** A successor may have written its own record by now. */
function removeRecord(path: string, instance: string): void {
  try {
    const record: unknown = JSON.parse(readFileSync(path, 'utf8'))
    const isOurs =
      typeof record === 'object' && record !== null && 'instance' in record && record.instance === instance
    if (isOurs) rmSync(path, { force: true })
  } catch {
    // Removed from outside: nothing to do.
  }
}
