import { cancelJob, getJob, jobState, listJobs, retryJob, type Job } from '@ratchet/contract'
import { Option, type Command } from 'commander'
import { wholeNumber } from '../input-values.ts'
import { formatAge } from '../render/figures.ts'
import { act, addNoun, addVerb, type Program, type Run } from '../verb.ts'

type ListOptions = { state?: Job['state']; name?: string; limit: number }

export function addJobs(parent: Command, program: Program): void {
  const jobs = addNoun(parent, 'jobs', 'Background work')
  addVerb(jobs, 'list', {
    summary: 'List jobs, newest first',
    examples: ['jobs list', 'jobs list --state failed --json'],
  })
    .addOption(new Option('-s, --state <state>', 'only this state').choices(jobState.options))
    .option('--name <name>', 'only this kind of job')
    .option('-n, --limit <count>', 'rows', wholeNumber('--limit', 1, 200), 20)
    .action(act(program, list))
  const byId = [
    { name: 'show', summary: 'Show one job', route: getJob },
    { name: 'cancel', summary: 'Cancel a job', route: cancelJob },
    { name: 'retry', summary: 'Run a failed or cancelled job again', route: retryJob },
  ] as const
  for (const { name, summary, route } of byId) {
    addVerb(jobs, `${name} <id>`, {
      summary,
      examples: [`jobs ${name} 0190f0c4-7d2e-7c31-9a0b-2f1de0a4c001`],
    }).action(
      act(program, async (run: Run, id: string) => {
        const { job } = await run.withServer(({ client }) =>
          client.call(route, { params: { id }, signal: run.io.signal }),
        )
        run.output.result({ job }, () => describeJob(run, job))
      }),
    )
  }
}

async function list(run: Run, { state, name, limit }: ListOptions): Promise<void> {
  const { output } = run
  const query = { limit, ...(state === undefined ? {} : { state }), ...(name === undefined ? {} : { name }) }
  const page = await run.withServer(({ client }) => client.call(listJobs, { query, signal: run.io.signal }))
  const now = Date.now()
  output.result(page, () => {
    if (page.items.length === 0) return 'No jobs.'
    return output.table(page.items, [
      { title: 'WHEN', cell: ({ createdAt }) => formatAge(createdAt, now), paint: output.paint.dim },
      { title: 'JOB', cell: ({ name: job }) => job, paint: output.paint.bold },
      { title: 'STATE', cell: (job) => job.state, paint: (text, job) => paintState(run, job, text) },
      { title: 'PROGRESS', align: 'right', cell: progressText },
      { title: 'SUMMARY', cell: ({ summary, error }) => error ?? summary, flexible: true },
      { title: 'ID', cell: ({ id }) => id, paint: output.paint.dim },
    ])
  })
}

function progressText({ progress }: Job): string {
  return progress ? `${progress.done}/${progress.total}` : ''
}

function paintState({ output: { paint } }: Run, { state }: Job, text: string): string {
  if (state === 'done') return paint.good(text)
  if (state === 'failed') return paint.bad(text)
  return state === 'retrying' ? paint.warn(text) : text
}

function describeJob(run: Run, job: Job): string {
  const rows: [string, string | undefined][] = [
    ['job', `${job.name} ${job.id}`],
    ['state', paintState(run, job, job.state)],
    ['summary', job.summary],
    ['progress', job.progress ? `${progressText(job)} ${job.progress.message}` : undefined],
    ['attempts', String(job.attempts)],
    ['created', job.createdAt],
    ['started', job.startedAt],
    ['ended', job.endedAt],
    ['error', job.error],
  ]
  return rows
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `${run.output.paint.dim(name.padEnd(9))} ${value}`)
    .join('\n')
}
