import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import {
  AppError,
  compareEvaluations,
  evaluationSpec,
  listEvaluations,
  putDataset,
  startEvaluation,
  type Evaluation,
  type MetricComparison,
} from '@ratchet/contract'
import type { Client } from '@ratchet/sdk'
import type { Command } from 'commander'
import { localPath, resolveTarget } from '../app-folder/resolve-target.ts'
import { evaluationFigures, parseFailCondition, type FailCondition } from '../evaluation/fail-condition.ts'
import { followEvaluation } from '../evaluation/follow-evaluation.ts'
import { readDataset } from '../evaluation/read-dataset.ts'
import { readEvalFile, type EvalFile } from '../evaluation/read-eval-file.ts'
import { renderEvaluation } from '../evaluation/render-evaluation.ts'
import { exitCodes } from '../print-failure.ts'
import type { Server } from '../server/use-server.ts'
import { act, addVerb, type Program, type Run } from '../verb.ts'

type Options = { target?: string; compare?: string; failOn?: string; environment: string }
type Judged = {
  evaluation: Evaluation
  comparison: Record<string, MetricComparison> | undefined
  /** Where the console shows it; absent when the server ends with this command. */
  url: string | undefined
}

export function addEval(parent: Command, program: Program): void {
  addVerb(parent, 'eval <file>', {
    summary: 'Evaluate an app, flow, prompt or model over a dataset',
    description:
      'Runs an *.eval.yaml: pushes its target as a draft when that is a folder, stores its dataset, and prints every\n' +
      'metric with its 95 % interval. Exit code 0: fine; 1: a threshold or --fail-on failed; 2: bad input.',
    examples: [
      'eval examples/docs-assistant/evaluations/quality.eval.yaml',
      'eval quality.eval.yaml --target app/docs-assistant@r3 --compare last',
      'eval quality.eval.yaml --fail-on "token-f1 < 0.4 or comparison.token-f1.high < 0" --json',
    ],
  })
    .option('-t, --target <target>', 'what to evaluate, in place of the file’s target')
    .option('-c, --compare <id>', 'compare item by item with an earlier evaluation: its id, or "last"')
    .option('--fail-on <condition>', 'exit with 1 when this holds, as in "token-f1 < 0.4"')
    .option('-e, --environment <name>', 'environment to run in', 'development')
    .action(act(program, evaluate))
}

async function evaluate(run: Run, path: string, options: Options): Promise<number> {
  const file = await readEvalFile(resolve(run.io.folder, path))
  // Read before anything is spent: a typing error must not cost an evaluation.
  const condition = options.failOn === undefined ? undefined : parseFailCondition(options.failOn)
  const target = options.target ?? file.target
  if (target !== undefined) localPath(target, options.target === undefined ? file.folder : run.io.folder)
  const judged = await run.withServer((server) => judge(run, server, file, options), {
    startsOne: true,
  })
  return report(run, judged, condition)
}

async function judge(run: Run, server: Server, file: EvalFile, options: Options): Promise<Judged> {
  const { client } = server
  const { signal } = run.io
  const before = await findEarlier(client, file, options.compare ?? file.compare)
  const evaluation = await runEvaluation(run, client, file, options)
  let comparison: Judged['comparison']
  if (before !== undefined && evaluation.state === 'done') {
    const query = { a: before, b: evaluation.id }
    comparison = (await client.call(compareEvaluations, { query, signal })).comparison
  }
  const url = server.isTemporary ? undefined : `${server.url}/evaluations/${evaluation.id}`
  return { evaluation, comparison, url }
}

/** Pushes, stores and starts what an evaluation file says, and waits for its end. */
export async function runEvaluation(
  run: Pick<Run, 'io' | 'output'>,
  client: Client,
  file: EvalFile,
  options: { readonly target?: string; readonly environment: string },
): Promise<Evaluation> {
  const { signal } = run.io
  const written = options.target ?? file.target
  if (written === undefined) {
    throw new AppError('validation_failed', {
      message: `${file.path} names no target. Add "target: .." (the app folder) to it, or give --target.`,
      details: { file: file.path },
    })
  }
  const dataset = await storeDataset(client, file, signal)
  const target = await resolveTarget(
    client,
    written,
    options.target === undefined ? file.folder : run.io.folder,
    run,
  )
  const spec = evaluationSpec.parse({
    ...file,
    target: target.model,
    ...(target.entry === undefined ? {} : { entry: target.entry }),
  })
  run.output.note(`Evaluating ${target.label} over dataset ${dataset.name} …`)
  const { evaluation } = await client.call(startEvaluation, {
    body: { spec, dataset, environment: options.environment },
    signal,
  })
  return followEvaluation(client, evaluation, run)
}

/** A dataset that is a file is stored under the file's name; otherwise it is the name of a stored one. */
async function storeDataset(
  client: Client,
  file: EvalFile,
  signal: AbortSignal,
): Promise<{ name: string; version?: string }> {
  const path = resolve(file.folder, file.dataset)
  if (!existsSync(path) && /^[a-z0-9][a-z0-9-]*$/u.test(file.dataset)) return { name: file.dataset }
  const { dataset } = await client.call(putDataset, {
    body: await readDataset(path),
    signal,
    timeoutMs: 120_000,
  })
  return { name: dataset.name, version: dataset.version }
}

async function findEarlier(
  client: Client,
  file: EvalFile,
  compare: string | undefined,
): Promise<string | undefined> {
  if (compare !== 'last') return compare
  const { items } = await client.call(listEvaluations, { query: { name: file.name, limit: 20 } })
  const last = items.find(({ state }) => state === 'done')
  if (last) return last.id
  throw new AppError('not_found', {
    message: `There is no finished evaluation "${file.name}" to compare with. Run it once without --compare.`,
    details: { name: file.name },
  })
}

function report(
  { output }: Run,
  { evaluation, comparison, url }: Judged,
  condition: FailCondition | undefined,
): number {
  const isDone = evaluation.state === 'done'
  const failedOn = isDone && condition?.holds(evaluationFigures(evaluation, comparison)) === true
  const passed = isDone && evaluation.passed !== false && !failedOn
  const document = {
    id: evaluation.id,
    name: evaluation.name,
    target: evaluation.target,
    dataset: evaluation.dataset,
    state: evaluation.state,
    items: evaluation.progress,
    metrics: evaluation.metrics,
    ...(comparison ? { comparison } : {}),
    thresholds: evaluation.thresholds,
    ...(condition ? { failOn: { expression: condition.text, failed: failedOn } } : {}),
    passed,
    ...(evaluation.error === undefined ? {} : { error: evaluation.error }),
    ...(url === undefined ? {} : { url }),
  }
  output.result(document, () =>
    [
      renderEvaluation(output, evaluation, comparison),
      '',
      ...(failedOn ? [output.paint.bad(`✗ failed on: ${condition?.text ?? ''}`)] : []),
      ...(isDone
        ? []
        : [
            output.paint.bad(
              `the evaluation ${evaluation.state}${evaluation.error ? `: ${evaluation.error}` : ''}`,
            ),
          ]),
      output.paint.dim([evaluation.id, url].filter((part) => part !== undefined).join(' · ')),
    ].join('\n'),
  )
  return passed ? exitCodes.ok : exitCodes.failed
}
