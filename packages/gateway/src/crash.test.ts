import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { exampleSnapshot, keys } from './testing/example-snapshot.ts'
import { startFakeControl, type FakeControl } from './testing/fake-control.ts'
import { startFakeUpstream, type FakeUpstream } from './testing/fake-upstream.ts'
import { until } from './testing/start-test-gateway.ts'

let dataFolder: string
let control: FakeControl
let upstream: FakeUpstream
let environment: NodeJS.ProcessEnv
const children = new Set<ChildProcess>()

beforeEach(async () => {
  dataFolder = mkdtempSync(join(tmpdir(), 'ratchet-gateway-crash-'))
  mkdirSync(join(dataFolder, 'run'))
  upstream = await startFakeUpstream()
  control = await startFakeControl(join(dataFolder, 'run/control.sock'), exampleSnapshot(upstream.url))
  environment = {
    ...process.env,
    RATCHET_DATA: dataFolder,
    RATCHET_GATEWAY_PORT: '0',
    RATCHET_CONTROL_SOCKET: control.socketPath,
    RATCHET_INTERNAL_TOKEN: 'internal-token',
    RATCHET_SNAPSHOT_KEY: randomBytes(32).toString('base64'),
    RATCHET_LOG: 'error',
    // A busy test machine would be taken for a busy gateway.
    RATCHET_SHED_DELAY_MS: '0',
  }
})
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  await Promise.all([control.stop(), upstream.stop()])
  rmSync(dataFolder, { recursive: true, force: true })
})

type Child = { readonly process: ChildProcess; readonly url: string; readonly exited: Promise<number | null> }

async function startChild(): Promise<Child> {
  const child = spawn(process.execPath, [new URL('./main.ts', import.meta.url).pathname], {
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  children.add(child)
  const exited = new Promise<number | null>((resolve) =>
    child.once('exit', (code) => {
      children.delete(child)
      resolve(code)
    }),
  )
  const record = await until(async () => {
    const read = JSON.parse(readFileSync(join(dataFolder, 'run/gateway.json'), 'utf8')) as {
      pid: number
      port: number
    }
    return read.pid === child.pid ? read : undefined
  }, 40_000)
  const url = `http://127.0.0.1:${record.port}`
  await until(() => fetch(`${url}/health/ready`).then((response) => response.ok || undefined), 40_000)
  return { process: child, url, exited }
}

/** Calls until told to stop; collects the traces whose whole answer arrived. */
function startLoad(url: string) {
  const acknowledged: string[] = []
  let isRunning = true
  const models = ['offline/extractive', 'test/gpt-test']
  const work = async (index: number): Promise<void> => {
    while (isRunning) {
      const traceId = randomBytes(16).toString('hex')
      const isStream = index % 4 < 2
      try {
        const response = await fetch(`${url}/v1/chat/completions`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${keys.invoke}`,
            traceparent: `00-${traceId}-${'a'.repeat(16)}-01`,
          },
          body: JSON.stringify({
            model: models[index % 2],
            stream: isStream,
            messages: [{ role: 'user', content: 'Hello there.' }],
          }),
        })
        const text = await response.text()
        if (response.ok && (!isStream || text.includes('[DONE]'))) acknowledged.push(traceId)
      } catch {
        // The gateway was killed under this call: nobody was told that it worked.
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    }
  }
  const workers = Array.from({ length: 8 }, (_, index) => work(index))
  return {
    acknowledged,
    stop: async () => {
      isRunning = false
      await Promise.all(workers)
    },
  }
}

test('a gateway killed at random moments under load loses no acknowledged span and stores none twice', async () => {
  const acknowledged: string[] = []
  for (let run = 0; run < 3; run++) {
    const child = await startChild()
    const load = startLoad(child.url)
    await until(() => Promise.resolve(load.acknowledged.length > 20 || undefined))
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 300))
    child.process.kill('SIGKILL')
    await child.exited
    await load.stop()
    acknowledged.push(...load.acknowledged)
  }
  const last = await startChild()
  const known = () => new Set(control.spans.map((span) => span.traceId))
  await until(() => Promise.resolve(acknowledged.every((traceId) => known().has(traceId)) || undefined))
  expect(new Set(control.spans.map((span) => span.spanId)).size).toBe(control.spans.length)
  expect(control.problems).toEqual([])
  expect(acknowledged.length).toBeGreaterThan(60)
  last.process.kill('SIGTERM')
  expect(await last.exited).toBe(0)
})

test('SIGTERM lets a running stream end, ships its span and exits 0', async () => {
  upstream.pauseMs = 150
  const child = await startChild()
  const response = await fetch(`${child.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${keys.invoke}` },
    body: JSON.stringify({
      model: 'test/gpt-test',
      stream: true,
      messages: [{ role: 'user', content: 'Hi' }],
    }),
  })
  const reader = response.body?.getReader()
  await reader?.read()
  child.process.kill('SIGTERM')
  let text = ''
  for (let part = await reader?.read(); part !== undefined && !part.done; part = await reader?.read())
    text += new TextDecoder().decode(part.value)
  expect(text).toContain('[DONE]')
  expect(await child.exited).toBe(0)
  expect(control.spans.map((span) => span.traceId)).toEqual([response.headers.get('x-ratchet-trace-id')])
})
