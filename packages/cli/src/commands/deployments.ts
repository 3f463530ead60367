import { AppError, listDeployments, type Deployment } from '@ratchet/contract'
import { Option, type Command } from 'commander'
import { wholeNumber } from '../input-values.ts'
import { formatAge } from '../render/figures.ts'
import { act, addNoun, addVerb, type Program, type Run } from '../verb.ts'

type Options = { environment?: string; env?: string; at?: string; limit: number }

export function addDeployments(parent: Command, program: Program): void {
  addVerb(addNoun(parent, 'deployments', 'What environments serve'), 'show <app>', {
    summary: 'Show what serves an app, or served it at a time, newest first',
    examples: [
      'deployments show docs-assistant',
      'deployments show docs-assistant --env production --at 2026-11-20T12:00:00Z',
    ],
  })
    .option('-e, --environment <name>', 'only this environment')
    .addOption(new Option('--env <name>', 'same as --environment').hideHelp())
    .option('--at <time>', 'what served at this time, as 2026-11-20T12:00:00Z')
    .option('-n, --limit <count>', 'rows', wholeNumber('--limit', 1, 200), 20)
    .action(act(program, show))
}

async function show(run: Run, app: string, options: Options): Promise<void> {
  const { io, output } = run
  const environment = options.environment ?? options.env
  const query = {
    limit: options.limit,
    ...(environment === undefined ? {} : { environment }),
    ...(options.at === undefined ? {} : { at: readTime(options.at) }),
  }
  const page = await run.withServer(({ client }) =>
    client.call(listDeployments, { params: { app }, query, signal: io.signal }),
  )
  output.result(page, () =>
    page.items.length === 0
      ? `Nothing serves ${app} there. Deploy it with: ratchet deploy ${app}`
      : table(run, page.items),
  )
}

function table({ output }: Run, items: readonly Deployment[]): string {
  const now = Date.now()
  return output.table(items, [
    { title: 'ENVIRONMENT', cell: ({ environment }) => environment, paint: output.paint.bold },
    {
      title: 'STATE',
      cell: ({ state }) => state,
      paint: (text, { state }) => (state === 'live' ? output.paint.good(text) : output.paint.dim(text)),
    },
    {
      title: 'SERVES',
      cell: ({ arms }) =>
        arms.map(({ label, weight }) => (arms.length === 1 ? label : `${label} ${weight} %`)).join(', '),
    },
    { title: 'SINCE', cell: ({ deployedAt }) => formatAge(deployedAt, now) },
    {
      title: 'UNTIL',
      cell: ({ replacedAt }) => (replacedAt === undefined ? '' : formatAge(replacedAt, now)),
    },
    { title: 'BY', cell: ({ deployedBy }) => deployedBy },
    { title: 'ID', cell: ({ id }) => id, paint: output.paint.dim },
  ])
}

function readTime(text: string): string {
  const ms = Date.parse(text)
  if (!Number.isNaN(ms)) return new Date(ms).toISOString()
  throw new AppError('validation_failed', {
    message: `--at is "${text}"; give a time like 2026-11-20T12:00:00Z.`,
    details: { field: 'at', value: text },
  })
}
