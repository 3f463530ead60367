import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { startSpool, type Spool, type SpoolStats } from '@ratchet/spool'
import { RunnerClient } from './apps/runner-client.ts'
import { CallWatch } from './calls/call-watch.ts'
import type { GatewayConfig } from './config.ts'
import type { GatewayParts } from './gateway-parts.ts'
import { connectControl } from './control/control-client.ts'
import { makeSender } from './control/make-sender.ts'
import { followSnapshots } from './control/snapshot-stream.ts'
import { drain, listen } from './http/listen.ts'
import { routeRequest } from './http/route-request.ts'
import { serveOwnPath } from './http/serve-own-path.ts'
import { Authenticator } from './keys/authenticator.ts'
import { makeLog, type Log } from './log.ts'
import { GatewayMetrics } from './metrics/gateway-metrics.ts'
import { removeRecord, writeRecord } from './process-record.ts'
import { UpstreamPools } from './providers/upstream-pools.ts'
import { SnapshotKeeper } from './snapshot/snapshot-keeper.ts'
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
  const telemetry = connectControl(config.control)
  const spool = await startSpool({
    root: join(config.dataFolder, 'spool'),
    process: 'gateway',
    instance,
    send: makeSender(telemetry, config.internalToken),
    onListenerError: (error) => log.error({ error }, 'a call failed after its span was written'),
    ...(config.spoolLimitBytes === undefined ? {} : { limitBytes: config.spoolLimitBytes }),
    ...(config.bodyLimitBytes === undefined ? {} : { bodyLimitBytes: config.bodyLimitBytes }),
  })
  const parts = makeParts(config, spool, log)
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
    await telemetry.destroy()
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
      await drain(server, config.drainTimeoutMs ?? 12_000)
      stream.stop()
      await spool.stop()
      await Promise.all([parts.pools.close(), parts.runner.close(), telemetry.destroy()])
      removeRecord(recordPath, instance)
    },
  }
}

function makeParts(config: GatewayConfig, spool: Spool, log: Log): GatewayParts {
  const connectTimeoutMs = config.connectTimeoutMs ?? 10_000
  const runFolder = join(config.dataFolder, 'run')
  return {
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
}
