import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { AppError, getStatus, getTrace, isAppError, type OutputOf } from '@ratchet/contract'
import type { Client } from '@ratchet/sdk'
import type { Command } from 'commander'
import { renderEvaluation } from '../evaluation/render-evaluation.ts'
import { exitCodes } from '../print-failure.ts'
import { formatCount, formatDuration, formatMoney } from '../render/figures.ts'
import { renderTraceTree } from '../render/trace-tree.ts'
import { askGateway } from '../sample/ask-gateway.ts'
import { deploySample, evaluateSample, pushSample, sampleApp, sampleQuestion } from '../sample/sample-app.ts'
import { sampleKey } from '../sample/sample-key.ts'
import { readLocalKey } from '../server/find-server.ts'
import { startServer } from '../server/start-server.ts'
import { toServer, type Server } from '../server/use-server.ts'
import { act, addVerb, type Program, type Run } from '../verb.ts'
import { makeStepper, type Stepper } from '../sample/stepper.ts'

export function addDemo(parent: Command, program: Program): void {
  addVerb(parent, 'demo', {
    summary: 'Run the whole loop once on the sample app and print each step with its figures',
    description:
      'Starts Ratchet on free ports in a temporary folder (or --data), then: release, deploy, ask, trace, evaluate.\n' +
      'Needs no key and no network. Exit code 0 when every step worked.',
    examples: ['demo', 'demo --json', 'demo --data ./demo-data'],
  }).action(act(program, demo))
}

async function demo(run: Run): Promise<number> {
  const { io, output } = run
  const kept = run.dataFolder === undefined ? undefined : resolve(io.folder, run.dataFolder)
  const dataFolder = kept ?? (await mkdtemp(join(tmpdir(), 'ratchet-demo-')))
  const stepper = makeStepper(output)
  try {
    await turnLoop(run, dataFolder, stepper)
  } catch (error) {
    if (!stepper.hasFailed()) throw error
  } finally {
    if (kept === undefined) await rm(dataFolder, { recursive: true, force: true })
  }
  const failed = stepper.hasFailed()
  const document = { passed: !failed, steps: stepper.steps() }
  output.result(document, () =>
    failed
      ? output.paint.bad('The demo failed at the step above.')
      : output.paint.good('The loop has turned once.'),
  )
  return failed ? exitCodes.failed : exitCodes.ok
}

async function turnLoop(run: Run, dataFolder: string, stepper: Stepper): Promise<void> {
  const { environment } = run.io
  const started = await stepper.step('Start', 'engines, gateway and runner', async () => {
    const running = await startServer({ environment, dataFolder, port: 0, gatewayPort: 0, logLevel: 'error' })
    return {
      value: running,
      figures: { url: running.url, gatewayUrl: running.gatewayUrl },
      lines: [`console ${running.url}`, `gateway ${running.gatewayUrl}/v1`],
    }
  })
  try {
    const server = await toServer(
      { ...run, dataFolder },
      { ...started, key: readLocalKey(dataFolder) },
      dataFolder,
    )
    await showEngines(server.client, stepper)
    const label = await release(run, server, stepper)
    await ask(run, server, stepper)
    await judge(run, server, label, stepper)
  } finally {
    await started.stop()
  }
}

async function showEngines(client: Client, stepper: Stepper): Promise<void> {
  await stepper.step('Check', 'what runs', async () => {
    const { engines, processes } = await client.call(getStatus)
    const lines = [
      engines.map(({ kind, version }) => `${kind} ${version}`).join(', '),
      processes
        .map(({ name, state, pid }) => `${name} ${state}${pid === undefined ? '' : ` (${pid})`}`)
        .join(', '),
    ]
    const down = processes.find(({ state }) => state !== 'ready')
    if (down)
      throw new AppError('unavailable', {
        message: `The ${down.name} is ${down.state}: ${down.message ?? 'see its log'}`,
      })
    return { value: undefined, figures: { engines, processes }, lines }
  })
}

async function release(run: Run, { client }: Server, stepper: Stepper): Promise<string> {
  const pushed = await stepper.step('Release', `push ${sampleApp}`, async () => {
    const { release: made, created } = await pushSample(client, run)
    const indexes = made.indexes.map(
      ({ name, chunks }) => `index ${name}${chunks === undefined ? '' : ` of ${formatCount(chunks)} chunks`}`,
    )
    const lines = [
      [
        `${made.label}: ${formatCount(made.fileCount)} files`,
        ...indexes,
        `digest ${made.digest.slice(0, 16)}`,
      ].join(' · '),
    ]
    return {
      value: made,
      figures: { app: made.app, release: made.label, digest: made.digest, created, indexes: made.indexes },
      lines,
    }
  })
  await stepper.step('Roll out', 'deploy to development', async () => {
    const { deployment, changed } = await deploySample(client, pushed.id, run.io.signal)
    const arms = deployment.arms.map(({ label, weight }) => `${label} (${weight} %)`).join(', ')
    return {
      value: undefined,
      figures: { deployment, changed },
      lines: [`development serves ${arms} as model "app/${sampleApp}"`],
    }
  })
  return pushed.label
}

async function ask(run: Run, server: Server, stepper: Stepper): Promise<void> {
  const { output, io } = run
  const answer = await stepper.step(
    'Run',
    `ask over the OpenAI-compatible gateway: ${sampleQuestion}`,
    async () => {
      const key = await sampleKey(server.client, server.dataFolder)
      output.stream('  ')
      const model = `app/${sampleApp}`
      const onText = (text: string) => output.stream(text.replaceAll('\n', '\n  '))
      const given = await askGateway({ gatewayUrl: server.gatewayUrl, key, model }, sampleQuestion, {
        onText,
        signal: io.signal,
      })
      output.stream('\n')
      if (given.text.trim() === '') throw new AppError('internal', { message: 'The answer was empty.' })
      const lines = [
        `first words after ${formatDuration(given.firstTextMs)}, all after ${formatDuration(given.durationMs)}`,
        ...(given.sources.length > 0
          ? [`sources: ${[...new Set(given.sources.map(({ path }) => path))].join(', ')}`]
          : []),
      ]
      return { value: given, figures: { ...given }, lines }
    },
  )
  await stepper.step('See', `trace ${answer.traceId}`, async () => {
    const trace = await waitForTrace(server.client, answer.traceId, io.signal)
    const { usage, costNano, durationMs } = trace.summary
    const tree = renderTraceTree(trace.spans, output.paint).split('\n')
    const total = `${formatCount(trace.spans.length)} spans · ${formatCount(usage.inputTokens)} → ${formatCount(usage.outputTokens)} tokens · ${formatMoney(costNano)} · ${formatDuration(durationMs)}`
    return {
      value: undefined,
      figures: { traceId: trace.traceId, spans: trace.spans.length, usage, costNano, durationMs },
      lines: [...tree, total],
    }
  })
}

/** Spans are durable before the answer ends and are shipped a moment later: a trace is whole when its model call is there. */
async function waitForTrace(
  client: Client,
  traceId: string,
  signal: AbortSignal,
): Promise<OutputOf<typeof getTrace>> {
  const deadline = performance.now() + 15_000
  for (;;) {
    const trace = await client.call(getTrace, { params: { traceId }, signal }).catch((error: unknown) => {
      if (isAppError(error) && error.code === 'not_found') return undefined
      throw error
    })
    const types = new Set(trace?.spans.map(({ type }) => type))
    if (trace && types.has('app') && types.has('llm') && types.has('flow')) return trace
    if (performance.now() > deadline) {
      throw new AppError('timeout', {
        message: `The trace ${traceId} has ${trace ? `only ${[...types].join(', ')} spans` : 'not arrived'} after 15 seconds.`,
        details: { traceId },
      })
    }
    await pause(100, undefined, { signal })
  }
}

async function judge(run: Run, { client }: Server, label: string, stepper: Stepper): Promise<void> {
  await stepper.step('Judge', 'evaluate over the golden questions', async () => {
    const evaluation = await evaluateSample(client, label, run)
    const { done, total, failed } = evaluation.progress
    const lines = [
      `${done} of ${total} questions${failed > 0 ? `, ${failed} failed` : ''}`,
      ...renderEvaluation(run.output, evaluation).split('\n'),
    ]
    if (evaluation.state !== 'done' || evaluation.passed === false) {
      stepper.show(lines)
      throw new AppError('internal', {
        message:
          evaluation.state === 'done'
            ? 'A threshold failed (✗ above).'
            : `The evaluation ${evaluation.state}: ${evaluation.error ?? ''}`,
      })
    }
    const { id, name, metrics, thresholds } = evaluation
    return { value: undefined, figures: { id, name, metrics, thresholds }, lines }
  })
}
