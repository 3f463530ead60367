import { confirm, isCancel } from '@clack/prompts'
import { putGatewayConfig, type ConfigProblem } from '@ratchet/contract'
import type { Client } from '@ratchet/sdk'
import type { Command } from 'commander'
import { applyConnections } from '../../gateway-file/apply-connections.ts'
import {
  isPending,
  planConnections,
  requirePossible,
  type ConnectionStep,
} from '../../gateway-file/plan-connections.ts'
import { issueOf, planFile, readGatewayText, type FilePlan } from '../../gateway-file/plan-file.ts'
import { renderChanges, renderConnections } from '../../gateway-file/render-changes.ts'
import { exitCodes } from '../../print-failure.ts'
import { act, addVerb, type Program, type Run } from '../../verb.ts'

type Options = { file: string; plan?: boolean; yes?: boolean; note?: string }

export function addApply(parent: Command, program: Program): void {
  addVerb(parent, 'apply', {
    summary: 'Bring the gateway to what a file says: routes, limits, budgets, prices, caches, connections',
    description:
      'Shows what would change, then changes it; the result is a new version, live in under a second. Connections of the\n' +
      'file are added or changed, others stay; everything else is replaced by what the file says. With --plan nothing is\n' +
      'changed, and the exit code is 3 when file and server differ.',
    examples: [
      'apply -f gateway.yaml',
      'apply -f gateway.yaml --plan',
      'apply -f gateway.yaml --yes --note "cheaper model for drafts"',
      'ratchet gateway show | ratchet apply -f - --plan',
    ],
  })
    .option('-f, --file <path>', 'the file, YAML or JSON; "-" reads standard input', 'gateway.yaml')
    .option('--plan', 'only show what would change')
    .option('-y, --yes', 'do not ask')
    .option('--note <text>', 'why, for the history')
    .action(act(program, apply))
}

async function apply(run: Run, options: Options): Promise<number> {
  const text = await readGatewayText(run, options.file)
  return run.withServer(async ({ client }) => {
    const plan = await planFile(client, run, { path: options.file, text })
    const steps = planConnections(plan, run.io.environment)
    const hasDrift = plan.changes.length > 0 || steps.some(isPending)
    showWarnings(run, options.file, plan.problems)
    if (options.plan) return showPlan(run, plan, steps, hasDrift)
    if (!hasDrift) return saySame(run, plan)
    requirePossible(steps)
    run.output.stream(`${describe(run, plan, steps)}\n`)
    if (!(await isWanted(run, options))) {
      run.output.note('Nothing was changed.')
      return exitCodes.ok
    }
    return change(client, run, { plan, steps, note: options.note ?? '', file: options.file })
  })
}

async function change(
  client: Client,
  run: Run,
  parts: { plan: FilePlan; steps: readonly ConnectionStep[]; note: string; file: string },
): Promise<number> {
  const { plan, steps, note } = parts
  const { signal } = run.io
  const file = parts.file === '-' ? 'standard input' : parts.file
  const connections = await applyConnections(client, steps, signal)
  const body = { baseVersion: plan.baseVersion, config: plan.config, note, file }
  const { version, changes, warnings } = await client.call(putGatewayConfig, { body, signal })
  const { paint } = run.output
  run.output.result({ version, changes, connections, warnings }, () =>
    paint.bold(
      changes.length === 0
        ? `The gateway stays at version ${version}; connections are as the file says.`
        : `The gateway is at version ${version}.`,
    ),
  )
  return exitCodes.ok
}

function describe(run: Run, plan: FilePlan, steps: readonly ConnectionStep[]): string {
  const { paint } = run.output
  return [renderConnections(steps, paint), renderChanges(plan.changes, paint)]
    .filter((part) => part !== '')
    .join('\n')
}

function showPlan(run: Run, plan: FilePlan, steps: readonly ConnectionStep[], hasDrift: boolean): number {
  const { baseVersion, changes, connectionChanges, problems } = plan
  const newKeys = steps.filter(({ newKeys: keys }) => keys.length > 0).map(({ file }) => file.name)
  const document = { baseVersion, drift: hasDrift, changes, connectionChanges, newKeys, problems }
  run.output.result(document, () =>
    hasDrift
      ? `${describe(run, plan, steps)}\nVersion ${baseVersion} differs from the file.`
      : `Version ${baseVersion} is what the file says.`,
  )
  return hasDrift ? exitCodes.drift : exitCodes.ok
}

function saySame(run: Run, { baseVersion, problems }: FilePlan): number {
  const document = { version: baseVersion, changes: [], connections: [], warnings: problems }
  run.output.result(document, () => `Nothing to change: version ${baseVersion} is what the file says.`)
  return exitCodes.ok
}

function showWarnings(run: Run, file: string, problems: readonly ConfigProblem[]): void {
  for (const problem of problems) {
    const { line, column, message, suggestion } = issueOf(file, problem)
    const place = [file, line, column].filter((part) => part !== undefined).join(':')
    run.output.note(`${place}: warning: ${message}${suggestion === undefined ? '' : ` ${suggestion}`}`)
  }
}

async function isWanted(run: Run, { yes }: Options): Promise<boolean> {
  if (yes || !run.io.canAsk || run.output.isJson) return true
  const answer = await confirm({ message: 'Apply this?' })
  return !isCancel(answer) && answer
}
