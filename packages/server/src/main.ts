import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { signInvocationToken, verifyInvocationToken } from '@ratchet/gateway'
import type { Config } from './config.ts'
import { childSpecs, refuseForeignGateway, waitForSnapshot } from './control/children.ts'
import { type ChildSpec, drainSurplusGateways } from './control/child-process.ts'
import { openEngines } from './control/engines.ts'
import { wireFeatures } from './control/features.ts'
import { makeControlApi } from './control/http-api.ts'
import { makeInternalApi } from './control/internal-api.ts'
import { gatewayFigures } from './control/gateway-figures.ts'
import { findFreePort, listenSocket, listenTcp } from './control/listen.ts'
import { loadCliKey, removeControlRecord, writeControlRecord } from './control/local-files.ts'
import { SnapshotHub } from './control/snapshot-hub.ts'
import { readStatus } from './control/status.ts'
import { SupervisedChild } from './control/supervisor.ts'
import { makeDeadLetters } from './platform/clickhouse/dead-letter.ts'
import { systemClock } from './platform/clock.ts'
import { openDataFolder } from './platform/data-folder.ts'
import { makeLog } from './platform/log.ts'
import { deriveKey, loadMasterKey } from './platform/secrets/master-key.ts'

/** A running Ratchet: control in this process, gateway and runner beside it. */
export type RunningControl = {
  readonly url: string
  readonly gatewayUrl: string
  /** One-time link that opens the console signed in. */
  readonly consoleLink: string
  /** Drains the children and closes the engines. */
  readonly stop: () => Promise<void>
}

/** How long gateway and runner may take until they serve, once everything that they need is there. */
const childReadyMs = 30_000
/** Children send what they have gathered when their calls have ended. */
const shippingMs = 3_000

/** Starts everything on one machine and resolves when console and gateway answer. The only place that wires. */
export async function startControl(config: Config): Promise<RunningControl> {
  const log = makeLog({ level: config.logLevel, name: 'control' })
  const clock = systemClock
  const startedAtMs = clock.now()
  const cleanup: (() => Promise<unknown> | void)[] = []
  const stop = async (): Promise<void> => {
    for (const step of cleanup.splice(0).toReversed()) {
      await Promise.resolve(step()).catch((error: unknown) =>
        log.error({ error }, 'a part did not stop cleanly'),
      )
    }
  }
  try {
    const folder = await openDataFolder(config.dataFolder)
    cleanup.push(folder.close)
    const master = await loadMasterKey({ dataFolder: folder.path, fromEnvironment: config.masterKey })
    const cliKey = loadCliKey(folder.run)
    const gatewayPort = config.gatewayPort || (await findFreePort(config.host))
    const gatewayUrl = `http://${config.host}:${gatewayPort}`
    await refuseForeignGateway(config, gatewayPort)
    const controlSocket = join(folder.run, 'control.sock')
    const children = childSpecs(config, {
      gatewayPort,
      controlSocket,
      snapshotKey: deriveKey(master, 'snapshot').toString('base64'),
    })
    // Children start before the features are there.
    let onChildEnd: (name: string) => void = () => undefined
    const supervise = (spec: ChildSpec) =>
      new SupervisedChild(spec, {
        dataFolder: folder.path,
        log,
        clock,
        drainTimeoutMs: config.drainTimeoutMs + shippingMs,
        onEnd: (name) => onChildEnd(name),
      })
    const gateways = children.gateways.map(supervise)
    const runner = supervise(children.runner)
    const supervised = [...gateways, runner]

    // The port is taken before the engines open: a taken port must fail in milliseconds, not after a migration.
    const door = makeDoor()
    const web = await listenTcp(door.fetch, {
      host: config.host,
      port: config.port,
      variable: '--port or RATCHET_PORT',
    })
    cleanup.push(() => web.stop())
    const url = `http://${config.host}:${web.port}`

    // Children need nothing of us to load; they start while the engines open and then find the socket.
    const stopChildren = async (): Promise<void> => {
      await Promise.all(gateways.map((gateway) => gateway.stop()))
      // What gateways still end may be runs of apps.
      await runner.stop()
    }
    cleanup.push(stopChildren)
    const patience = new AbortController()
    const childrenReady = Promise.all(supervised.map((child) => child.start(patience.signal)))
    childrenReady.catch(() => undefined)

    const engines = await openEngines(config, folder, log)
    cleanup.push(async () => {
      await engines.clickhouse.stop()
      await engines.postgres.stop()
    })
    const tokenKey = deriveKey(master, 'invocation-token').toString('base64')
    const deadLetters = makeDeadLetters(folder.deadLetter, clock)
    const features = await wireFeatures({
      config,
      log,
      clock,
      engines,
      master,
      deadLetters,
      blobFolder: folder.blobs,
      url,
      gatewayUrl,
      cliKey,
      signToken: (claims) => signInvocationToken(claims, tokenKey),
    })
    cleanup.push(features.stop)
    onChildEnd = features.gatewayState.forget
    const hub = new SnapshotHub({
      sources: features.snapshotSources,
      tokenKey,
      limits: { bodyBytes: config.bodyLimitBytes, requestTimeoutMs: config.requestTimeoutMs },
      clock,
      log,
    })
    features.onChange(hub.changed)
    const internal = makeInternalApi({
      hub,
      internalToken: config.internalToken,
      verifyToken: (token) => verifyInvocationToken(token, tokenKey, clock.now()),
      ingest: features.ingest,
      bundle: features.bundle,
      retrieve: features.retrieve,
      reportLimits: features.limits.report,
      reportCache: features.gatewayCache.report,
      reportState: features.gatewayState.report,
      log,
    })
    const socket = await listenSocket(internal.fetch, controlSocket)
    cleanup.push(() => socket.stop(200))
    const status = (): ReturnType<typeof readStatus> =>
      readStatus({
        config,
        engines,
        traces: features.traces,
        deadLetters,
        children: supervised,
        url,
        gatewayUrl,
        startedAtMs,
      })
    door.open(
      await makeControlApi({
        config,
        log,
        features,
        deadLetters,
        status,
        gatewayFigures: () =>
          gatewayFigures(
            folder.path,
            children.gateways.map(({ name }) => name),
          ),
        // Between machines the internal API needs a port; the token is then one that the operator chose.
        internal: config.internalTokenIsShared ? internal : undefined,
        consoleFolder: fileURLToPath(new URL('../../console/dist', import.meta.url)),
      }),
    )
    // Callers go first, those from outside and our own jobs: what they ask for needs what is stopped next. Then the children
    // end their calls, for which they need the socket, and leave their last spans there.
    cleanup.push(stopChildren)
    cleanup.push(features.stopWork)
    cleanup.push(() => web.stop())
    await features.start()
    // Only from here on do the children lack nothing: engines may open for minutes, for a migration.
    const impatience = setTimeout(() => patience.abort(), childReadyMs)
    await childrenReady.finally(() => clearTimeout(impatience))
    drainSurplusGateways(folder.path, new Set(children.gateways.map(({ name }) => name)))
    hub.changed()
    const { version } = await hub.current()
    if (!(await waitForSnapshot(config, version))) {
      log.warn({ version }, 'the gateway has not taken the newest configuration yet')
    }
    writeControlRecord(folder.run, {
      pid: process.pid,
      url,
      gatewayUrl,
      internalSocket: controlSocket,
      version: config.version,
      startedAt: new Date(startedAtMs).toISOString(),
    })
    cleanup.push(() => removeControlRecord(folder.run))
    log.info({ url, gatewayUrl, elapsedMs: clock.now() - startedAtMs }, 'ready')
    return {
      url,
      gatewayUrl,
      consoleLink: (await features.access.createConsoleLink()).url,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

type Fetch = (request: Request, environment?: unknown) => Response | Promise<Response>

/** Answers 503 until the real application is there: the port is open before the engines are. */
function makeDoor(): { fetch: Fetch; open: (application: Fetch) => void } {
  let application: Fetch = (request) => {
    const isLive = new URL(request.url).pathname === '/health/live'
    return isLive
      ? Response.json({ status: 'starting' })
      : Response.json(
          { error: { code: 'unavailable', message: 'Ratchet is starting; try again in a moment.' } },
          { status: 503, headers: { 'retry-after': '1' } },
        )
  }
  return {
    fetch: (request, environment) => application(request, environment),
    open: (next) => (application = next),
  }
}
