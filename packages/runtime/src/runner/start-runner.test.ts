import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunnerRequest } from '@ratchet/contract'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { RunnerConfig } from '../config.ts'
import { docsIndexVersion, healthAt, invokeAt, sampleFiles } from '../testing/call-runner.ts'
import { startFakeControl, type FakeControl } from '../testing/fake-control.ts'
import {
  startFakeGateway,
  startStream,
  textChunk,
  writeEvent,
  type FakeGateway,
} from '../testing/fake-gateway.ts'
import { startRunner, type Runner } from './start-runner.ts'

let root: string
let control: FakeControl
let gateway: FakeGateway
let runner: Runner
let digest: string

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'ratchet-runner-'))
  control = await startFakeControl(join(root, 'control.sock'))
  control.sources = [
    { id: '1', path: 'docs/a.md', title: 'A', heading: 'Ports', text: 'Port 4701.', score: 1 },
  ]
  digest = control.addRelease({ files: sampleFiles, indexes: { docs: docsIndexVersion } })
  gateway = await startFakeGateway()
  runner = await startRunner(config())
})
afterEach(async () => {
  await runner.stop()
  await gateway.stop()
  await control.stop()
  rmSync(root, { recursive: true, force: true })
})

function config(more: Partial<RunnerConfig> = {}): RunnerConfig {
  return {
    dataFolder: root,
    control: { socketPath: control.socketPath },
    internalToken: 'secret',
    gatewayUrl: gateway.url,
    logLevel: 'silent',
    ...more,
  }
}

function run(question: string, more: Partial<RunnerRequest> = {}): RunnerRequest {
  return {
    project: '00000000-0000-7000-8000-000000000001',
    environment: 'development',
    app: 'test',
    release: { id: '00000000-0000-7000-8000-000000000002', label: 'r1', digest },
    deployment: 'd1',
    arm: 'main',
    messages: [{ role: 'user', content: question }],
    inputs: {},
    token: 'rt_token',
    keyId: 'k1',
    traceId: 'a'.repeat(32),
    parentSpanId: 'b'.repeat(16),
    sessionId: 's1',
    userId: 'u1',
    deadlineMs: Date.now() + 40_000,
    ...more,
  }
}

const invoke = (body: unknown, options?: Parameters<typeof invokeAt>[2]) =>
  invokeAt(runner.socketPath, body, options)
const health = () => healthAt(runner.socketPath)

/** The lines of the runner's spool on disk, and what control has got of it. */
function spanNames(): string[] {
  const spool = join(root, 'spool')
  const onDisk = readdirSync(spool, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.json'))
    .flatMap((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8').split('\n'))
    .filter((line) => line.startsWith('{"kind"'))
    .map((line) => JSON.parse(line) as { name: string; spanId: string })
  return [...new Map([...onDisk, ...control.spans].map((span) => [span.spanId, span.name])).values()]
}

/** A gateway that never gets further than its first word. */
function stall(): void {
  gateway.answer = (response) => {
    startStream(response)
    writeEvent(response, textChunk('Port '))
  }
}

test('a flow runs through retrieval, a sandboxed tool and a model, streams its answer and names its sources', async () => {
  const { status, events } = await invoke(run('which port?'))
  expect(status).toBe(200)
  const texts = events.flatMap((event) => (event.type === 'text' ? event.text : []))
  expect(texts).toEqual(['Port ', '4701 ', '[1].'])
  expect(events.find((event) => event.type === 'sources')).toEqual({
    type: 'sources',
    sources: control.sources,
  })
  const nodes = events.flatMap((event) =>
    event.type === 'node' ? `${event.name} ${event.result.status}` : [],
  )
  expect(nodes.toSorted()).toEqual(['answer completed', 'find completed', 'shout completed'])
  expect(events.at(-1)).toMatchObject({
    type: 'finished',
    text: 'Port 4701 [1].',
    outputs: { answer: 'Port 4701 [1].' },
    usage: { inputTokens: 11, outputTokens: 5 },
  })
  expect(gateway.calls[0]?.body).toMatchObject({
    model: 'offline/extractive',
    messages: [{ role: 'system' }, { role: 'user', content: 'WHICH PORT?' }],
  })
  expect(gateway.calls[0]?.headers).toMatchObject({
    authorization: 'Bearer rt_token',
    'x-ratchet-session': 's1',
  })
  expect(control.retrieveBodies).toMatchObject([
    { index: 'docs', version: docsIndexVersion, query: 'which port?', top: 3 },
  ])
})

test('every span is on disk before the run says that it has finished, and reaches control', async () => {
  let atEnd: string[] = []
  const { events } = await invoke(run('which port?'), {
    onEvent: (event) => {
      if (event.type === 'finished') atEnd = spanNames()
    },
  })
  expect(events.at(-1)?.type).toBe('finished')
  expect(atEnd.toSorted()).toEqual(['answer', 'answer', 'find', 'shout'])
  await expect.poll(() => control.spans.length).toBe(4)
  expect(new Set(control.spans.map((span) => span.type))).toEqual(
    new Set(['flow', 'prompt', 'retrieve', 'tool']),
  )
  const flow = control.spans.find((span) => span.type === 'flow')
  expect(flow).toMatchObject({
    traceId: 'a'.repeat(32),
    parentSpanId: 'b'.repeat(16),
    isLocalRoot: false,
    app: 'test',
    release: 'r1',
    deployment: 'd1',
    arm: 'main',
    sessionId: 's1',
    userId: 'u1',
    keyId: 'k1',
    costNano: 0,
    costKnown: true,
  })
  expect(gateway.calls[0]?.headers['traceparent']).toBe(
    `00-${'a'.repeat(32)}-${control.spans.find((span) => span.type === 'prompt')?.spanId}-01`,
  )
})

test('a tool that fails fails the run with its own words, and the next run is fine', async () => {
  const { events } = await invoke(run('fail'))
  expect(events.at(-1)).toMatchObject({
    type: 'failed',
    error: {
      code: 'tool_failed',
      message: expect.stringContaining('"tools/shout.ts" failed: too loud (default (tools/shout.ts:2:'),
    },
  })
  expect((await invoke(run('port?'))).events.at(-1)?.type).toBe('finished')
})

test('an entry can be a prompt of the release', async () => {
  const { events } = await invoke(
    run('', { entry: 'prompts/answer.prompty', messages: [], inputs: { question: 'q', context: 'c' } }),
  )
  expect(events.at(-1)).toMatchObject({ type: 'finished', text: 'Port 4701 [1].' })
})

test('runs go on from the cache while control is away, and after a new start', async () => {
  const prompt = { entry: 'prompts/answer.prompty', messages: [], inputs: { question: 'q', context: 'c' } }
  await invoke(run('', prompt))
  await control.stop()
  await runner.stop()
  runner = await startRunner(config())
  expect((await invoke(run('', prompt))).events.at(-1)?.type).toBe('finished')
})

test('a caller that leaves cancels the model call', async () => {
  stall()
  const controller = new AbortController()
  const running = invoke(run('port?'), {
    signal: controller.signal,
    onEvent: (event) => event.type === 'text' && controller.abort(),
  })
  await expect(running).rejects.toThrow('aborted')
  await gateway.calls[0]?.closed
  await expect.poll(async () => (await health()).activeRuns).toBe(0)
  await expect.poll(() => control.spans.map((span) => span.status)).toContain('cancelled')
})

test('a run that takes too long fails at its deadline, given as a time or as a duration', async () => {
  // What takes long at first, the release and the worker of its tool, is there from here on.
  await invoke(run('port?'))
  stall()
  for (const deadline of [() => Date.now() + 2_000, () => 2_000]) {
    const { events } = await invoke(run('port?', { deadlineMs: deadline() }))
    expect(events.at(-1)).toMatchObject({
      type: 'failed',
      error: { code: 'timeout', message: expect.stringContaining('The app "test" did not finish within') },
    })
  }
})

test('what fails before the run starts is answered with a status', async () => {
  expect(await invoke('{')).toMatchObject({ status: 400, text: expect.stringContaining('invalid_json') })
  expect(await invoke({ ...run('x'), traceId: 'x' })).toMatchObject({
    status: 400,
    text: expect.stringContaining('traceId'),
  })
  const unknown = await invoke(run('x', { release: { id: '1', label: 'r9', digest: 'e'.repeat(64) } }))
  expect(unknown).toMatchObject({
    status: 404,
    text: expect.stringContaining('cannot be fetched: There is no release'),
  })
  const broken = control.addRelease({
    files: { 'ratchet.yaml': 'name: test\nentry: flows/missing.flow.yaml\n' },
    indexes: {},
  })
  const invalid = await invoke(run('x', { release: { id: '1', label: 'r9', digest: broken } }))
  expect(invalid).toMatchObject({ status: 422, text: expect.stringContaining('app_invalid') })
})

test('runs beyond the limit wait, and beyond that are refused', async () => {
  await runner.stop()
  runner = await startRunner(config({ maxRuns: 1, maxWaitingRuns: 1 }))
  stall()
  const first = invoke(run('one'))
  await expect.poll(async () => (await health()).activeRuns).toBe(1)
  await expect.poll(() => gateway.calls.length).toBe(1)
  gateway.answer = (response) => {
    startStream(response)
    response.end('data: [DONE]\n\n')
  }
  const second = invoke(run('two'))
  await expect.poll(async () => (await health()).waitingRuns).toBe(1)
  expect(await invoke(run('three'))).toMatchObject({
    status: 503,
    text: expect.stringContaining('overloaded'),
  })
  await gateway.stop()
  expect((await first).events.at(-1)).toMatchObject({
    type: 'failed',
    error: { code: 'provider_stream_cut' },
  })
  await second
})

test('on stop, running runs end first, new ones are sent away, and no file of ours is left', async () => {
  let finish = (): void => undefined
  gateway.answer = (response) => {
    startStream(response)
    writeEvent(response, textChunk('Port '))
    finish = () => {
      writeEvent(response, textChunk('4701', 'stop'))
      response.end('data: [DONE]\n\n')
    }
  }
  let stopped: Promise<void> | undefined
  const running = invoke(run('port?'), {
    onEvent: (event) => {
      if (event.type !== 'text' || stopped !== undefined) return
      stopped = runner.stop()
      setTimeout(finish, 100)
    },
  })
  expect((await running).events.at(-1)).toMatchObject({ type: 'finished', text: 'Port 4701' })
  await stopped
  expect(existsSync(runner.socketPath)).toBe(false)
  expect(readdirSync(join(root, 'run'))).toEqual([])
  expect(control.spans).toHaveLength(4)
})

test('runs that do not end within the drain time are cancelled', async () => {
  await runner.stop()
  runner = await startRunner(config({ drainTimeoutMs: 200 }))
  stall()
  const running = invoke(run('port?'))
  await expect.poll(() => gateway.calls.length).toBe(1)
  await runner.stop()
  expect((await running).events.at(-1)).toMatchObject({ type: 'failed', error: { code: 'unavailable' } })
})

test('a runner that takes over stays in charge when the old one stops', async () => {
  const old = runner
  runner = await startRunner(config())
  await old.stop()
  const record = JSON.parse(readFileSync(join(root, 'run', 'runner.json'), 'utf8'))
  expect(record).toMatchObject({ pid: process.pid, instance: runner.instance, socket: runner.socketPath })
})

test('a data folder with a long path gets its socket elsewhere', async () => {
  const dataFolder = join(root, 'x'.repeat(100))
  const far = await startRunner({ ...config(), dataFolder })
  try {
    const record = JSON.parse(readFileSync(join(dataFolder, 'run', 'runner.json'), 'utf8'))
    expect(record.socket.startsWith(tmpdir())).toBe(true)
    expect((await invokeAt(far.socketPath, run('port?'))).events.at(-1)?.type).toBe('finished')
  } finally {
    await far.stop()
  }
})
