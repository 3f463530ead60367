import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { startSpool, type Spool, type SpoolStats } from '@ratchet/spool'
import { AccessLog } from './access-log/access-log.ts'
import { refusedEntry } from './access-log/refused-entry.ts'
import { RunnerClient } from './apps/runner-client.ts'
import type { AnswerCache } from './cache/answer-cache.ts'
import { startCache } from './cache/start-cache.ts'
import { InnerModels } from './calls/ask-model.ts'
import { CallWatch } from './calls/outgoing/call-watch.ts'
import type { GatewayConfig } from './config.ts'
import type { GatewayParts } from './gateway-parts.ts'
import { connectControl } from './control/control-client.ts'
import { makeSender } from './control/make-sender.ts'
import { followSnapshots } from './control/snapshot-stream.ts'
import { StateReporter } from './control/state-reporter.ts'
import { makeFrontDoor } from './http/front-door.ts'
import type { OpenConnections } from './http/open-connections.ts'
import { listen } from './http/listen.ts'
import { listenOnSocket } from './http/listen-on-socket.ts'
import { routeRequest } from './http/route-request.ts'
import { serveOwnPath } from './http/serve-own-path.ts'
import { Authenticator } from './keys/authenticator.ts'
import type { LimitEngine } from './limits/limit-engine.ts'
import { startLimits } from './limits/start-limits.ts'
import { makeLog, type Log } from './log.ts'
import { OfflineThread } from './offline/offline-thread.ts'
import { GatewayMetrics } from './metrics/gateway-metrics.ts'
import { removeRecord, writeRecord } from './process-record.ts'
import { GoogleTokens, type PostForm } from './providers/google-token.ts'
import { makePostForm } from './providers/post-form.ts'
import { LoadMonitor } from './protection/load-monitor.ts'
import { ProtectionCounts } from './protection/protection-counts.ts'
import { defaultProtection } from './protection/protection-settings.ts'
import { UpstreamPools } from './providers/upstream-pools.ts'
import { ResponseStore } from './responses/response-store.ts'
import { CredentialRings } from './routing/health/credential-rings.ts'
import { HealthRegistry } from './routing/health/health-registry.ts'
import type { CompiledSnapshot } from './snapshot/compile-snapshot.ts'
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

/**
 * Starts the data plane and resolves when it listens. It serves from the snapshot saved on disk until control
 * answers, and answers 503 while it has none. Throws `unavailable` when the port is taken.
 */
export async function startGateway(config: GatewayConfig): Promise<RunningGateway> {
  const instance = randomUUID()
  const name = config.name ?? 'gateway'
  const log = makeLog(config.logLevel ?? 'info')
  const runFolder = join(config.dataFolder, 'run')
  mkdirSync(runFolder, { recursive: true })
  const telemetry = connectControl(config.control)
  const spool = await startSpool({
    root: join(config.dataFolder, 'spool'),
    process: 'gateway',
    name,
    instance,
    send: makeSender(telemetry, config.internalToken),
    onListenerError: (error) => log.error({ error }, 'a call failed after its span was written'),
    ...(config.spoolLimitBytes === undefined ? {} : { limitBytes: config.spoolLimitBytes }),
    ...(config.spoolDelayMs === undefined ? {} : { delayMs: config.spoolDelayMs }),
    ...(config.bodyLimitBytes === undefined ? {} : { bodyLimitBytes: config.bodyLimitBytes }),
  })
  const limits = startLimits({
    control: config.control,
    internalToken: config.internalToken,
    instance,
    name,
    dataFolder: config.dataFolder,
    log,
  })
  const { control, internalToken, dataFolder } = config
  const caching = await startCache({ control, internalToken, instance, dataFolder, log })
  const states = new StateReporter({ control, internalToken, instance, name })
  const postForm = makePostForm(config.connectTimeoutMs ?? 10_000)
  const parts = makeParts(
    config,
    { spool, limits: limits.engine, cache: caching.cache, postForm: postForm.post, states },
    log,
  )
  parts.snapshots.onChange((snapshot) => {
    parts.authenticator.useSnapshot(snapshot)
    parts.pools.useSnapshot(snapshot)
    caching.useSnapshot(snapshot)
    parts.limits.keepProjects(new Set(snapshot.projects.keys()))
    parts.credentials.keepOnly(connectionsOf(snapshot))
    for (const { id, config: rules, connections } of snapshot.projects.values()) {
      parts.limits.useConfig(id, rules.limits, rules.budgets)
      for (const connection of connections.values())
        if (connection.credentials.length > 1) parts.credentials.of(connection)
    }
    log.info({ version: snapshot.version }, 'configuration in force')
  })
  parts.snapshots.loadFromDisk()
  const stream = followSnapshots({
    control: config.control,
    internalToken: config.internalToken,
    onSnapshot: (snapshot) => {
      parts.snapshots.accept(snapshot)
      states.tellAgain()
    },
    log,
  })
  states.start(parts)
  let isDraining = false
  const load = new LoadMonitor({ ...defaultProtection, ...config.protection })
  load.start()
  const serveOwn = (request: IncomingMessage, response: ServerResponse): boolean => {
    const state = { isDraining, isControlConnected: stream.isConnected(), delayMs: load.delayMs }
    return serveOwnPath(parts, state, request, response)
  }
  const door = makeFrontDoor({
    settings: { ...defaultProtection, ...config.protection },
    counts: parts.protection,
    load,
    activeCalls: () => parts.metrics.activeRequests,
    serveOwnPath: serveOwn,
    bodyLimitBytes: () => parts.snapshots.current?.limits.bodyBytes,
    serveCall: (request, response) => {
      if (isDraining) response.shouldKeepAlive = false
      routeRequest(parts, request, response)
    },
    onRefused: (request, status) => parts.accessLog?.write(refusedEntry(request, status)),
  })
  const { server } = door
  let port: number
  try {
    port = await listen(server, config)
  } catch (error) {
    load.stop()
    door.stop()
    stream.stop()
    await Promise.all([limits.stop(), caching.stop(), states.stop()])
    await spool.stop(0)
    await telemetry.destroy()
    throw error
  }
  const recordPath = join(runFolder, `${name}.json`)
  const socketPath = join(runFolder, `${name}-${process.pid}.sock`)
  const ownDoor = await listenOnSocket(socketPath, (request, response) => {
    if (isDraining) response.shouldKeepAlive = false
    if (!serveOwn(request, response)) routeRequest(parts, request, response)
  })
  parts.innerModels.useSocket(socketPath)
  const startedAt = new Date().toISOString()
  writeRecord(recordPath, { pid: process.pid, instance, name, port, socket: socketPath, startedAt })
  log.info({ port, host: config.host, instance }, 'gateway listens')
  return {
    url: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`,
    port,
    instance,
    spool: spool.stats,
    stop: async () => {
      isDraining = true
      states.drain()
      const endMs = performance.now() + (config.drainTimeoutMs ?? 12_000)
      const drain = (connections: Pick<OpenConnections, 'drain'>): Promise<void> =>
        connections.drain({
          timeoutMs: Math.max(leastDrainMs, endMs - performance.now()),
          onLate: () => (parts.stopping.isLate = true),
          activeCalls: () => parts.metrics.activeRequests,
        })
      await drain(door.connections)
      // Runs of apps that others have to end ask there.
      await drain(ownDoor)
      load.stop()
      door.stop()
      stream.stop()
      await Promise.all([spool.stop(), limits.stop(), caching.stop(), states.stop()])
      await Promise.all([
        parts.pools.close(),
        parts.runner.close(),
        telemetry.destroy(),
        postForm.close(),
        parts.innerModels.close(),
        parts.offline.stop(),
        parts.responses.stop(),
        parts.accessLog?.stop(),
      ])
      removeRecord(recordPath, instance)
    },
  }
}

function* connectionsOf({ projects }: CompiledSnapshot) {
  for (const { connections } of projects.values()) yield* connections.values()
}

/** For a call that comes at the last moment. */
const leastDrainMs = 200

type Started = {
  readonly spool: Spool
  readonly limits: LimitEngine
  readonly cache: AnswerCache
  readonly postForm: PostForm
  readonly states: StateReporter
}

function makeParts(config: GatewayConfig, started: Started, log: Log): GatewayParts {
  const { spool, limits, cache, postForm, states } = started
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
    limits,
    cache,
    health: new HealthRegistry({
      onChange: (change) => {
        const { key, from, to, reason, openForMs } = change
        log.warn({ target: key, from, to, reason, openForMs }, 'the breaker of a target changed')
        states.noteBreaker(change)
      },
    }),
    credentials: new CredentialRings(),
    innerModels: new InnerModels(config.internalToken),
    offline: new OfflineThread({ limitMs: 10_000, memoryMib: 512 }),
    googleTokens: new GoogleTokens({ post: postForm, nowMs: Date.now }),
    responses: new ResponseStore({
      folder: join(config.dataFolder, 'responses'),
      keyBase64: config.snapshotKey,
      nowMs: Date.now,
      log,
    }).start(),
    metrics: new GatewayMetrics(),
    protection: new ProtectionCounts(),
    ...(config.accessLog === undefined ? {} : { accessLog: new AccessLog(config.accessLog, log) }),
    watch: new CallWatch(),
    firstTokenTimeoutMs: config.firstTokenTimeoutMs ?? 300_000,
    idleTimeoutMs: config.idleTimeoutMs ?? 120_000,
    sendTraceContext: config.sendTraceContext ?? false,
    stopping: { isLate: false },
    clock: makeWallClock(),
    log,
  }
}
