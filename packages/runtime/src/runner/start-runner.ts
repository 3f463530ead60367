import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { AppError } from '@ratchet/contract'
import { makeHttpSender, startSpool } from '@ratchet/spool'
import type { RunnerConfig } from '../config.ts'
import { makeLog, type Log } from '../log.ts'
import { makeGatewayClient } from '../models/call-gateway.ts'
import { GatewaySockets } from '../models/gateway-sockets.ts'
import { LoadedReleases } from '../releases/loaded-releases.ts'
import { ReleaseCache } from '../releases/release-cache.ts'
import { endOrphans, makeSandbox } from '../sandbox/index.ts'
import { makeControlClient } from './control-client.ts'
import { handleInvoke, refuse, type InvokeParts } from './handle-invoke.ts'
import { RunLimiter } from './run-limiter.ts'
import { removeRunnerRecord, writeRunnerRecord } from './runner-record.ts'
import { chooseSocket, listenOn, removeDeadSockets } from './runner-socket.ts'

/** A running runner. */
export type Runner = {
  readonly socketPath: string
  readonly instance: string
  /** Refuses new runs, lets running ones end for at most the drain time, then cancels them; ships what it can. */
  readonly stop: () => Promise<void>
}

const loadedReleases = 50

/**
 * Starts the process part that executes apps: a unix socket with `POST /invoke` and `GET /health`, named in
 * `run/runner.json` once it listens. Needs neither gateway nor control to start, and goes on when they die.
 */
export async function startRunner(config: RunnerConfig): Promise<Runner> {
  const log = makeLog(config.logLevel ?? 'info')
  const instance = `${process.pid.toString(36)}-${randomBytes(5).toString('hex')}`
  const runFolder = join(config.dataFolder, 'run')
  mkdirSync(runFolder, { recursive: true, mode: 0o700 })
  const { parts, close } = await makeParts(config, instance, log)
  const state = { isDraining: false }
  const server = makeServer(parts, instance, state)
  const socket = chooseSocket(runFolder, instance)
  await listenOn(server, socket.path)
  const startedAt = new Date().toISOString()
  writeRunnerRecord(runFolder, { pid: process.pid, instance, socket: socket.path, startedAt })
  await removeDeadSockets(runFolder, socket.path)
  log.info({ pid: process.pid, instance, socket: socket.path }, 'the runner listens')
  let stopping: Promise<void> | undefined
  const stop = async (): Promise<void> => {
    state.isDraining = true
    removeRunnerRecord(runFolder, instance)
    await drain(server, parts, config.drainTimeoutMs ?? 12_000)
    await close()
    socket.remove()
    log.info({ instance }, 'the runner has stopped')
  }
  return { socketPath: socket.path, instance, stop: () => (stopping ??= stop()) }
}

async function makeParts(
  config: RunnerConfig,
  instance: string,
  log: Log,
): Promise<{ parts: InvokeParts; close: () => Promise<void> }> {
  const control = makeControlClient(config.control)
  const cache = new ReleaseCache({
    folder: join(config.dataFolder, 'cache', 'releases'),
    control,
    maxReleases: config.maxCachedReleases ?? 200,
    limitBytes: config.cacheLimitBytes ?? 2 * 1024 ** 3,
    now: Date.now,
    onProblem: (error) => log.warn({ error }, 'an old release could not be removed from the cache'),
  })
  const ended = endOrphans(cache.folder)
  if (ended > 0) log.warn({ ended }, 'tools of a killed runner were still running and have been ended')
  const gateway = makeGatewayClient(config.gatewayUrl, new GatewaySockets(join(config.dataFolder, 'run')))
  const sandbox = makeSandbox(
    config.maxToolWorkers === undefined ? {} : { maxWorkers: config.maxToolWorkers },
  )
  const spool = await startSpool({
    root: join(config.dataFolder, 'spool'),
    process: 'runner',
    instance,
    send: makeHttpSender(config.control, config.internalToken),
    ...(config.spoolLimitBytes === undefined ? {} : { limitBytes: config.spoolLimitBytes }),
  })
  const parts: InvokeParts = {
    gateway,
    control,
    sandbox,
    spool,
    log,
    releases: new LoadedReleases(cache, { max: loadedReleases, now: Date.now }),
    limiter: new RunLimiter(config.maxRuns ?? 64, config.maxWaitingRuns ?? 256),
    running: new Set(),
  }
  const close = async (): Promise<void> => {
    await sandbox.stop()
    await spool.stop()
    await Promise.all([gateway.close(), control.close()])
  }
  return { parts, close }
}

function makeServer(parts: InvokeParts, instance: string, state: { readonly isDraining: boolean }): Server {
  const server = createServer((request, response) => {
    response.on('error', () => undefined) // The caller is gone; `close` tells the run.
    const path = request.url?.split('?')[0]
    if (path === '/health') return showHealth(parts, instance, state, response)
    if (path !== '/invoke' || request.method !== 'POST')
      return refuse(response, unknownPath(request), parts.log)
    if (state.isDraining) return refuse(response, draining(), parts.log)
    void handleInvoke(parts, request, response)
  })
  server.keepAliveTimeout = 60_000
  // Runs may take as long as their deadline says.
  server.requestTimeout = 0
  server.timeout = 0
  return server
}

function showHealth(
  { limiter }: InvokeParts,
  instance: string,
  state: { readonly isDraining: boolean },
  response: ServerResponse,
): void {
  const body = {
    status: state.isDraining ? 'draining' : 'ok',
    pid: process.pid,
    instance,
    activeRuns: limiter.active,
    waitingRuns: limiter.waiting,
    residentBytes: process.memoryUsage.rss(),
  }
  response.writeHead(state.isDraining ? 503 : 200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

async function drain(server: Server, parts: InvokeParts, timeoutMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const timer = setTimeout(() => {
    for (const abort of parts.running) abort(stopped())
    // Runs need a moment to write their last spans and events; then nobody is left to wait for.
    setTimeout(() => server.closeAllConnections(), 1_000).unref()
  }, timeoutMs)
  // Connections that were busy a moment ago become idle while we wait.
  const idleTimer = setInterval(() => server.closeIdleConnections(), 100)
  await closed
  clearTimeout(timer)
  clearInterval(idleTimer)
}

function unknownPath(request: IncomingMessage): AppError {
  return new AppError('not_found', {
    message: `The runner has no ${request.method ?? ''} ${request.url ?? ''}; it has POST /invoke and GET /health.`,
  })
}

function draining(): AppError {
  return new AppError('unavailable', {
    message: 'This runner is stopping; run/runner.json names the next one. Try again in a moment.',
    details: { process: 'runner' },
  })
}

function stopped(): AppError {
  return new AppError('unavailable', {
    message: 'The runner was stopped before the run was over. Try again: the next runner is starting.',
    details: { process: 'runner' },
  })
}
