import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Snapshot, SpanRecord } from '@ratchet/contract'
import OpenAI from 'openai'
import type { GatewayConfig } from '../config.ts'
import { startGateway, type RunningGateway } from '../start-gateway.ts'
import { exampleSnapshot, keys } from './example-snapshot.ts'
import { startFakeControl, type FakeControl } from './fake-control.ts'
import { startFakeRunner, type FakeRunner } from './fake-runner.ts'
import { startFakeUpstream, type FakeUpstream } from './fake-upstream.ts'

export type TestGateway = {
  readonly dataFolder: string
  readonly config: GatewayConfig
  readonly gateway: RunningGateway
  readonly upstream: FakeUpstream
  readonly control: FakeControl
  readonly runner: FakeRunner
  readonly snapshot: Snapshot
  /** Changes what the snapshot says, and resolves when the gateway goes by that. */
  readonly publish: (changes: Partial<Snapshot>) => Promise<void>
  readonly client: (key?: string) => OpenAI
  /** A raw call; `body` may be text, to send what no client would. */
  readonly post: (
    path: string,
    body: unknown,
    headers?: Record<string, string>,
    signal?: AbortSignal,
  ) => Promise<Response>
  /** The span of a trace, once it has arrived at control. */
  readonly spanOf: (response: { headers: Headers } | string) => Promise<SpanRecord>
  readonly stop: () => Promise<void>
}

/** A gateway in this process with a provider, a control and a runner beside it. */
export async function startTestGateway(changes: Partial<GatewayConfig> = {}): Promise<TestGateway> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'ratchet-gateway-'))
  mkdirSync(join(dataFolder, 'run'))
  const upstream = await startFakeUpstream()
  const snapshot = exampleSnapshot(upstream.url)
  const control = await startFakeControl(join(dataFolder, 'run/control.sock'), snapshot)
  const runner = await startFakeRunner(join(dataFolder, 'run/runner-1.sock'))
  writeFileSync(
    join(dataFolder, 'run/runner.json'),
    JSON.stringify({ pid: 1, instance: '1', socket: runner.socketPath }),
  )
  const config: GatewayConfig = {
    dataFolder,
    host: '127.0.0.1',
    port: 0,
    control: { socketPath: control.socketPath },
    internalToken: 'internal-token',
    snapshotKey: randomBytes(32).toString('base64'),
    drainTimeoutMs: 300,
    // Most tests look at the span of a call, and wait so long for each.
    spoolDelayMs: 10,
    logLevel: 'silent',
    // A busy test machine would be taken for a busy gateway.
    protection: { shedDelayMs: 0 },
    ...changes,
  }
  const gateway = await startGateway(config)
  await until(() => fetch(`${gateway.url}/health/ready`).then((response) => response.ok || undefined))
  let { version } = snapshot
  return {
    dataFolder,
    config,
    gateway,
    upstream,
    control,
    runner,
    snapshot,
    publish: async (changes) => {
      version += 1
      const published = version
      control.publish({ ...snapshot, version, ...changes })
      await until(async () => {
        const ready = await fetch(`${gateway.url}/health/ready`)
        const told = (await ready.json()) as { snapshotVersion: number }
        return told.snapshotVersion >= published || undefined
      })
    },
    client: (key = keys.invoke) => new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: key, maxRetries: 0 }),
    post: (path, body, headers = {}, signal = AbortSignal.timeout(30_000)) =>
      fetch(gateway.url + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${keys.invoke}`, 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
        signal,
      }),
    spanOf: (response) => {
      const traceId = typeof response === 'string' ? response : response.headers.get('x-ratchet-trace-id')
      return until(() => Promise.resolve(control.spans.find((span) => span.traceId === traceId)))
    },
    stop: async () => {
      await gateway.stop()
      await Promise.all([upstream.stop(), control.stop(), runner.stop()])
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}

/** Asks again every few milliseconds until there is an answer; fails after `timeoutMs`. */
export async function until<T>(check: () => Promise<T | undefined>, timeoutMs = 20_000): Promise<T> {
  const end = performance.now() + timeoutMs
  for (;;) {
    const value = await check().catch(() => undefined)
    if (value !== undefined) return value
    if (performance.now() > end) throw new Error(`nothing within ${timeoutMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
