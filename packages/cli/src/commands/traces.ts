import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { AppError, getTrace, listTraces, type TraceSummary } from '@ratchet/contract'
import type { Client } from '@ratchet/sdk'
import type { Command } from 'commander'
import { readSpanMs, wholeNumber } from '../input-values.ts'
import { formatAge, formatCount, formatDuration, formatMoney } from '../render/figures.ts'
import { callName, renderTraceTree } from '../render/trace-tree.ts'
import { act, addNoun, addVerb, type Program, type Run } from '../verb.ts'

type ListOptions = { query?: string; environment?: string; since?: string; limit: number; cursor?: string }
type ExportOptions = Omit<ListOptions, 'cursor'> & { output?: string }

const queryHelp = 'filter: status:error type:llm model:gpt* latency>2s cost>0.01 app:x user:ada "words"'

export function addTraces(parent: Command, program: Program): void {
  const traces = addNoun(parent, 'traces', 'See what ran')
  addVerb(traces, 'list', {
    summary: 'List traces, newest first',
    examples: [
      'traces list',
      'traces list --query "status:error latency>2s" --since 1h',
      'traces list --limit 5 --json',
    ],
  })
    .option('-q, --query <filter>', queryHelp)
    .option('-e, --environment <name>', 'only this environment')
    .option('--since <span>', 'only this recent: 15m, 2h, 7d')
    .option('-n, --limit <count>', 'rows', wholeNumber('--limit', 1, 200), 20)
    .option('--cursor <cursor>', 'continue after an earlier page')
    .action(act(program, list))
  addVerb(traces, 'show <traceId>', {
    summary: 'Show one trace as a tree ("last": the newest)',
    examples: ['traces show last', 'traces show 0af7651916cd43dd8448eb211c80319c --json'],
  }).action(act(program, show))
  addVerb(traces, 'export', {
    summary: 'Write whole traces as JSON lines, newest first',
    examples: [
      'traces export --since 1d --output traces.jsonl',
      'traces export --query status:error > errors.jsonl',
    ],
  })
    .option('-q, --query <filter>', queryHelp)
    .option('-e, --environment <name>', 'only this environment')
    .option('--since <span>', 'only this recent: 15m, 2h, 7d')
    .option('-n, --limit <count>', 'at most this many traces', wholeNumber('--limit', 1, 1_000_000), 1000)
    .option('-o, --output <file>', 'file to write; without it, standard output')
    .action(act(program, exportTraces))
}

function traceFilter({ query, environment, since }: ListOptions | ExportOptions) {
  return {
    ...(query === undefined ? {} : { query }),
    ...(environment === undefined ? {} : { environment }),
    ...(since === undefined
      ? {}
      : { from: new Date(Date.now() - readSpanMs('--since', since)).toISOString() }),
  }
}

async function list(run: Run, options: ListOptions): Promise<void> {
  const { io, output } = run
  const query = {
    ...traceFilter(options),
    limit: options.limit,
    ...(options.cursor === undefined ? {} : { cursor: options.cursor }),
  }
  const page = await run.withServer(({ client }) => client.call(listTraces, { query, signal: io.signal }))
  output.result(page, () => {
    if (page.items.length === 0 && options.query !== undefined && options.query !== '')
      return `No trace matches: ${options.query}`
    if (page.items.length === 0)
      return 'No traces yet. Make one with: ratchet run docs-assistant --message "hello"'
    const more =
      page.nextCursor === undefined ? '' : `\n${output.paint.dim(`more: --cursor ${page.nextCursor}`)}`
    return `${traceTable(run, page.items)}${more}`
  })
}

function traceTable({ output }: Run, items: readonly TraceSummary[]): string {
  const now = Date.now()
  const { paint } = output
  return output.table(items, [
    { title: 'WHEN', cell: ({ startedAt }) => formatAge(startedAt, now), paint: paint.dim },
    { title: 'NAME', cell: ({ name }) => name, paint: paint.bold },
    {
      title: 'STATUS',
      cell: ({ status }) => status,
      paint: (text, { status }) => (status === 'ok' ? paint.good(text) : paint.bad(text)),
    },
    { title: 'TIME', align: 'right', cell: ({ durationMs }) => formatDuration(durationMs) },
    {
      title: 'TOKENS',
      align: 'right',
      cell: ({ usage }) => formatCount(usage.inputTokens + usage.outputTokens),
    },
    { title: 'COST', align: 'right', cell: ({ costNano }) => formatMoney(costNano) },
    { title: 'INPUT', cell: ({ inputPreview }) => inputPreview, flexible: true },
    { title: 'TRACE', cell: ({ traceId }) => traceId, paint: paint.dim },
  ])
}

async function show(run: Run, written: string): Promise<void> {
  const { io, output } = run
  const trace = await run.withServer(async ({ client }) => {
    const traceId = written === 'last' ? await newestTrace(client) : written
    return client.call(getTrace, { params: { traceId }, signal: io.signal })
  })
  output.result(trace, () => {
    const { summary, spans, truncated } = trace
    const root = spans.find(({ name }) => name === summary.name)
    const head = [
      output.paint.bold(root === undefined ? summary.name : callName(root)),
      summary.environment,
      formatDuration(summary.durationMs),
      formatMoney(summary.costNano),
      output.paint.dim(trace.traceId),
    ]
    const cut = truncated ? `\n${output.paint.warn('not all spans are shown')}` : ''
    return `${head.join(' · ')}\n${renderTraceTree(spans, output.paint)}${cut}`
  })
}

async function newestTrace(client: Client): Promise<string> {
  const { items } = await client.call(listTraces, { query: { limit: 1 } })
  if (items[0]) return items[0].traceId
  throw new AppError('not_found', {
    message: 'There are no traces yet. Make one with: ratchet run docs-assistant --message "hello"',
  })
}

async function exportTraces(run: Run, options: ExportOptions): Promise<void> {
  const { io, output } = run
  const path = options.output === undefined ? undefined : resolve(io.folder, options.output)
  const file = path === undefined ? undefined : createWriteStream(path)
  if (file) await once(file, 'open')
  const kept: unknown[] = []
  let count = 0
  try {
    await run.withServer(async ({ client }) => {
      for await (const trace of readTraces(client, options, io.signal)) {
        count += 1
        const line = `${JSON.stringify(trace)}\n`
        if (file) {
          if (!file.write(line)) await once(file, 'drain')
        } else if (output.isJson) kept.push(trace)
        else output.stream(line)
      }
    })
  } finally {
    file?.end()
    if (file) await once(file, 'close')
  }
  const document = path === undefined ? { count, traces: kept } : { count, file: path }
  if (output.isJson) output.result(document, () => '')
  else output.note(`${formatCount(count)} traces${path === undefined ? '' : ` in ${path}`}`)
}

async function* readTraces(client: Client, options: ExportOptions, signal: AbortSignal) {
  let left = options.limit
  const query = { ...traceFilter(options), limit: Math.min(left, 200) }
  for await (const page of client.pages(listTraces, { query, signal })) {
    for (const { traceId } of page.items) {
      if (left-- <= 0) return
      yield await client.call(getTrace, { params: { traceId }, signal })
    }
    if (left <= 0) return
  }
}
