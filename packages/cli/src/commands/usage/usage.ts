import { getUsage, type OutputOf, type QueryOf, type UsageForecast, uuid } from '@ratchet/contract'
import type { Client } from '@ratchet/sdk'
import { Option, type Command } from 'commander'
import { wholeNumber } from '../../input-values.ts'
import { formatCount, formatDuration, formatMoney } from '../../render/figures.ts'
import { usageWords } from '../../render/usage-words.ts'
import { act, addVerb, type Program, type Run } from '../../verb.ts'
import { allKeys, findKey } from '../keys/find-key.ts'
import { readTime } from './read-time.ts'

const filters = ['key', 'user', 'app', 'model', 'connection', 'route', 'environment'] as const
type Options = {
  by: string
  from?: string
  to?: string
  sort: 'cost' | 'requests' | 'tokens' | 'errors'
  limit: number
} & { [Name in (typeof filters)[number]]?: string }
type Answer = OutputOf<typeof getUsage>
type Row = Pick<Answer['groups'][number], 'values' | 'name' | 'forecast'> & NonNullable<Answer['rest']>

export function addUsage(parent: Command, program: Program): void {
  const verb = addVerb(parent, 'usage', {
    summary: 'Show requests, tokens and cost of models by group, with the forecast to month end',
    description:
      'Shows requests, tokens and cost of model calls, this month unless --from says otherwise. Group by key, user, app,\nmodel, connection, route, environment, day or hour; up to three, separated by commas.',
    examples: [
      'usage',
      'usage --by key --sort requests',
      'usage --by day,model --from 2026-11-01 --to 2026-11-08',
      'usage --by user --app docs-assistant --json',
    ],
  })
    .option('--by <dimensions>', 'how to group', 'model')
    .option('--from <time>', 'a day (2026-11-01) or time in UTC; default: the beginning of this month')
    .option('--to <time>', 'the first day or time that does not count any more; default: now')
    .addOption(
      new Option('--sort <figure>', 'what is largest first')
        .choices(['cost', 'requests', 'tokens', 'errors'])
        .default('cost'),
    )
    .option('-n, --limit <count>', 'groups; the others are one line', wholeNumber('--limit', 1, 500), 20)
  for (const name of filters) verb.option(`--${name} <value>`, `only this ${name}; "" for calls without one`)
  verb.action(act(program, show))
}

async function show(run: Run, options: Options): Promise<void> {
  const { output, io } = run
  const { from, to, ...rest } = options
  const query: QueryOf<typeof getUsage> = {
    ...Object.fromEntries(Object.entries(rest).filter(([name]) => isAsked(name))),
    ...(from === undefined ? {} : { from: readTime('--from', from) }),
    ...(to === undefined ? {} : { to: readTime('--to', to) }),
    forecast: 'true',
  }
  const answer = await run.withServer(async ({ client }) => {
    const key = query.key === undefined ? {} : { key: await keyId(client, query.key) }
    return client.call(getUsage, { query: { ...query, ...key }, signal: io.signal })
  })
  output.result(answer, () => render(run, answer))
}

/** Spans hold ids of keys; a person writes a name. What no key is called is taken as it stands, such as `runner`. */
async function keyId(client: Client, written: string): Promise<string> {
  if (written === '' || uuid.safeParse(written).success) return written
  const keys = await allKeys(client)
  const named = keys.filter(({ id, name, preview }) => [id, name, preview].includes(written))
  return named.length > 1 ? findKey(keys, written).id : (named[0]?.id ?? written)
}

function isAsked(name: string): boolean {
  return ['by', 'sort', 'limit', ...filters].includes(name)
}

function render(run: Run, answer: Answer): string {
  const { output } = run
  const { by, groups, total, rest, groupCount } = answer
  if (total.requests + total.retries === 0) {
    return `No model was called from ${short(answer.from)} to ${short(answer.to)}.`
  }
  const rows: Row[] = [
    ...groups,
    ...(rest === undefined ? [] : [{ ...rest, values: [`${groupCount - groups.length} more`] }]),
    { ...total, values: ['total'] },
  ]
  const showForecast = groups.some(({ forecast }) => forecast !== undefined)
  const table = output.table(rows, [
    ...by.map((dimension, index) => ({
      title: dimension.toUpperCase(),
      cell: (row: Row) => labelOf(row, dimension, index),
      paint: index === 0 ? output.paint.bold : (text: string) => text,
      flexible: index === 0,
    })),
    { title: 'REQUESTS', cell: (row) => formatCount(row.requests), align: 'right' },
    { title: 'ERRORS', cell: (row) => formatCount(row.errors), align: 'right' },
    { title: 'INPUT', cell: (row) => formatCount(row.inputTokens), align: 'right' },
    { title: 'OUTPUT', cell: (row) => formatCount(row.outputTokens), align: 'right' },
    ...(usageWords(total) === '' ? [] : [{ title: 'BESIDES', cell: usageWords }]),
    { title: 'COST', cell: costText, align: 'right' },
    ...(showForecast
      ? [
          {
            title: 'MONTH END',
            cell: (row: Row) => (row.forecast === undefined ? '' : `~${formatMoney(row.forecast.atEndNano)}`),
            align: 'right' as const,
          },
        ]
      : []),
    {
      title: 'P95',
      cell: (row) => (row.p95Ms === undefined ? '' : formatDuration(row.p95Ms)),
      align: 'right',
    },
  ])
  return `${table}\n\n${[...remarks(answer)].join('\n')}`
}

function labelOf(row: Row, dimension: string, index: number): string {
  const value = row.values[index]
  if (value === undefined) return ''
  if (dimension === 'key' && row.name !== undefined) return row.name
  if (dimension === 'day' && value.endsWith('T00:00:00.000Z')) return value.slice(0, 10)
  if (dimension === 'hour' && value.endsWith(':00:00.000Z')) return value.slice(0, 16).replace('T', ' ')
  return value === '' ? '(none)' : value
}

/** A cost that some calls are missing in is at least that. */
function costText({ costNano, unknownCost }: Row): string {
  return unknownCost === 0 ? formatMoney(costNano) : `${formatMoney(costNano)}+`
}

function* remarks({ from, to, total }: Answer): Generator<string> {
  yield `From ${short(from)} to ${short(to)}, UTC.`
  if (total.forecast !== undefined) yield forecastText(total.forecast)
  if (total.savedNano !== 0) yield `Routes and the cache saved ${formatMoney(total.savedNano)}.`
  if (total.unknownCost > 0) {
    yield `${formatCount(total.unknownCost)} calls have no known price and are missing in the cost (+). Set one in gateway.yaml, under "prices"; see them with: ratchet prices list`
  }
}

function forecastText({ spentNano, atEndNano, lowNano, highNano, method }: UsageForecast): string {
  const between =
    lowNano === undefined || highNano === undefined
      ? ''
      : ` (90 %: ${formatMoney(lowNano)} to ${formatMoney(highNano)})`
  const how = method === 'weekdays' ? 'by day of the week' : 'as fast as so far'
  return `This month: ${formatMoney(spentNano)} so far, ${formatMoney(atEndNano)} expected at its end${between}, ${how}.`
}

function short(iso: string): string {
  return iso.endsWith('T00:00:00.000Z') ? iso.slice(0, 10) : iso.slice(0, 16).replace('T', ' ')
}
