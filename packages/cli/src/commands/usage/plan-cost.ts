import { AppError, createCostPlan, type BodyOf, type OutputOf } from '@ratchet/contract'
import { type Command } from 'commander'
import { wholeNumber } from '../../input-values.ts'
import { formatCount, formatMoney } from '../../render/figures.ts'
import { act, addNoun, addVerb, type Program, type Run } from '../../verb.ts'
import { readTime } from './read-time.ts'

type Options = {
  models: string
  fromTraces?: string | boolean
  from?: string
  to?: string
  requestsPerDay?: number
  input?: string
  output?: string
  cacheable?: number
  peak?: number
  shorten?: number
  batchable?: number
  speed?: number
  keep?: number
}
type Plan = OutputOf<typeof createCostPlan>
type Change = Plan['models'][number]['savings'][number]['change']

const weekMs = 7 * 86_400_000

export function addPlan(parent: Command, program: Program): void {
  addVerb(addNoun(parent, 'plan', 'Look ahead'), 'cost', {
    summary: 'Project monthly cost and capacity of traffic on several models',
    description:
      'Projects what traffic costs in a month on each model, how many calls run at once at the peak, and what each change\nalone would save. Traffic is what was recorded (--from-traces) or typed (--requests-per-day, --input, --output).',
    examples: [
      'plan cost --from-traces --models openai/gpt-5,openai/gpt-5-mini',
      'plan cost --from-traces "app:docs-assistant" --from 2026-11-01 --models openai/gpt-5-mini --requests-per-day 20000',
      'plan cost --requests-per-day 5000 --input 1200/3000 --output 300/800 --models openai/gpt-5 --json',
    ],
  })
    .requiredOption('--models <names>', 'models to compare, separated by commas')
    .option('--from-traces [query]', 'recorded calls, all or those that a trace query finds')
    .option('--from <time>', 'first day or time of recorded calls; default: a week before --to')
    .option('--to <time>', 'end of recorded calls; default: now')
    .option('--requests-per-day <count>', 'calls to plan for', wholeNumber('--requests-per-day', 0, 1e10))
    .option('--input <mean/p95>', 'input tokens of a call')
    .option('--output <mean/p95>', 'output tokens of a call')
    .option('--cacheable <percent>', 'how much of the input all calls share', percent('--cacheable'))
    .option('--peak <factor>', 'busiest moment against the average', wholeNumber('--peak', 1, 10_000))
    .option('--shorten <percent>', 'how much shorter prompts could be', percent('--shorten'))
    .option('--batchable <percent>', 'how many calls can wait for a batch', percent('--batchable'))
    .option(
      '--speed <tokens>',
      'tokens a second of an answer; default: as measured',
      wholeNumber('--speed', 1, 100_000),
    )
    .option('--keep <minutes>', 'how long answers would be kept', wholeNumber('--keep', 1, 43_200))
    .action(act(program, plan))
}

function percent(option: string): (text: string) => number {
  const read = wholeNumber(option, 0, 100)
  return (text) => read(text) / 100
}

async function plan(run: Run, options: Options): Promise<void> {
  const { output, io } = run
  const { requestsPerDay, cacheable, peak, shorten, batchable, speed, keep } = options
  const body: BodyOf<typeof createCostPlan> = {
    traffic: readTraffic(options, Date.now()),
    models: options.models.split(',').map((name) => name.trim()),
    ...(requestsPerDay === undefined ? {} : { requestsPerDay }),
    ...(cacheable === undefined ? {} : { cacheableShare: cacheable }),
    ...(peak === undefined ? {} : { peakFactor: peak }),
    ...(shorten === undefined ? {} : { shortenBy: shorten }),
    ...(batchable === undefined ? {} : { batchableShare: batchable }),
    ...(speed === undefined ? {} : { tokensPerSecond: speed }),
    ...(keep === undefined ? {} : { cacheSeconds: keep * 60 }),
  }
  const answer = await run.withServer(({ client }) =>
    client.call(createCostPlan, { body, signal: io.signal }),
  )
  output.result(answer, () => render(run, answer))
}

function readTraffic(options: Options, nowMs: number): BodyOf<typeof createCostPlan>['traffic'] {
  const { fromTraces, requestsPerDay, input, output } = options
  if (fromTraces !== undefined && fromTraces !== false) {
    const to = options.to === undefined ? new Date(nowMs).toISOString() : readTime('--to', options.to)
    const weekBefore = new Date(Date.parse(to) - weekMs).toISOString()
    const from = options.from === undefined ? weekBefore : readTime('--from', options.from)
    return { fromTraces: { query: fromTraces === true ? '' : fromTraces, from, to } }
  }
  if (requestsPerDay === undefined || input === undefined || output === undefined) {
    throw new AppError('bad_request', {
      message: 'Say what traffic to plan for: --from-traces, or --requests-per-day, --input and --output.',
    })
  }
  return {
    requestsPerDay,
    inputTokens: readSpread('--input', input),
    outputTokens: readSpread('--output', output),
  }
}

/** `1200/3000`; a single number means that all calls are alike. */
function readSpread(option: string, text: string): { mean: number; p95: number } {
  const match = /^(\d+)(?:\/(\d+))?$/.exec(text)
  if (match !== null) return { mean: Number(match[1]), p95: Number(match[2] ?? match[1]) }
  throw new AppError('bad_request', {
    message: `${option} is "${text}". Write tokens as mean/p95, such as 1200/3000.`,
    details: { option, value: text },
  })
}

function render({ output }: Run, { traffic, models }: Plan): string {
  const has = (change: Change): boolean =>
    models.some(({ savings }) => savings.some((saving) => saving.change === change))
  const saving = (change: Change, title: string) => ({
    title,
    cell: ({ savings }: Plan['models'][number]) =>
      formatMoney(savings.find((one) => one.change === change)?.savedNano ?? 0),
    align: 'right' as const,
  })
  const table = output.table(models, [
    { title: 'MODEL', cell: ({ name }) => name, paint: output.paint.bold, flexible: true },
    { title: 'A MONTH', cell: ({ monthNano }) => formatMoney(monthNano), align: 'right' },
    {
      title: '95 %',
      cell: ({ interval }) =>
        interval === undefined ? '' : `${formatMoney(interval.low)} … ${formatMoney(interval.high)}`,
    },
    {
      title: 'AT ONCE',
      cell: ({ peakConcurrency }) =>
        peakConcurrency === undefined ? '' : formatCount(Math.ceil(peakConcurrency)),
      align: 'right',
    },
    saving('shorter-prompts', 'SHORTER'),
    saving('prompt-cache', 'PROMPT CACHE'),
    ...(has('response-cache') ? [saving('response-cache', 'CACHE')] : []),
    ...(has('batching') ? [saving('batching', 'BATCHES')] : []),
    { title: 'THIS MODEL', cell: ({ savedByModelNano }) => formatMoney(savedByModelNano), align: 'right' },
  ])
  const rests =
    traffic.recordedCalls === undefined
      ? 'typed'
      : `from ${formatCount(traffic.recordedCalls)} recorded calls`
  const repeats =
    traffic.repeatShare === undefined
      ? ''
      : ` ${Math.round(traffic.repeatShare * 100)} % repeat an earlier call.`
  return `${table}

${formatCount(Math.round(traffic.requestsPerDay))} requests a day (${rests}), ${formatCount(Math.round(traffic.meanInputTokens))} tokens in and ${formatCount(Math.round(traffic.meanOutputTokens))} out on average.${repeats}
AT ONCE: calls that run together at the peak. The columns after it: what each change alone would save in a month.`
}
