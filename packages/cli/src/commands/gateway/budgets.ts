import { listBudgetEvents, type LimitUse } from '@ratchet/contract'
import type { Command } from 'commander'
import { wholeNumber } from '../../input-values.ts'
import { formatAge, formatMoney } from '../../render/figures.ts'
import { act, addNoun, addVerb, type Program, type Run } from '../../verb.ts'
import { paintShare, readUse, untilText, whoseText } from './limit-use.ts'

export function addBudgets(parent: Command, program: Program): void {
  const budgets = addNoun(parent, 'budgets', 'Money that may be spent in a day or month')
  addVerb(budgets, 'list', {
    summary: 'List budgets with what is spent, left and expected',
    description:
      'Lists budgets with what is spent, what is left, and where spending will stand at the end of the period: by what each\nday of the week used to cost when there are two weeks of history, else as fast as so far.',
    examples: ['budgets list', 'budgets list --name team', 'budgets list --json'],
  })
    .option('--name <name>', 'only this budget')
    .action(act(program, list))
  addVerb(budgets, 'warnings', {
    summary: 'List warnings, newest first',
    examples: ['budgets warnings', 'budgets warnings --name team --limit 5'],
  })
    .option('--name <name>', 'only this budget')
    .option('-n, --limit <count>', 'rows', wholeNumber('--limit', 1, 200), 20)
    .action(act(program, warnings))
}

async function list(run: Run, { name }: { name?: string }): Promise<void> {
  const { output } = run
  const items = await readUse(run, { kind: 'budget', ...(name === undefined ? {} : { name }) })
  const nowMs = Date.now()
  output.result({ items }, () => {
    if (items.length === 0) return none
    return output.table(items, [
      { title: 'BUDGET', cell: (row) => row.name, paint: output.paint.bold },
      { title: 'WHOSE', cell: whoseText, flexible: true },
      {
        title: 'SPENT',
        cell: (row) => formatMoney(row.used),
        align: 'right',
        paint: (text, row) => paintShare(run, row.used / row.limit, text),
      },
      { title: 'OF', cell: ofText, align: 'right' },
      { title: 'LEFT', cell: (row) => formatMoney(Math.max(0, row.limit - row.used)), align: 'right' },
      {
        title: 'EXPECTED',
        cell: expectedText,
        align: 'right',
        paint: (text, row) => paintShare(run, (row.projected ?? 0) / row.limit, text),
      },
      ...(items.some(({ unpricedCalls }) => unpricedCalls !== undefined) ? [unpricedColumn] : []),
      { title: 'STARTS ANEW', cell: (row) => untilText(row.resetsAt, nowMs), paint: output.paint.dim },
    ])
  })
}

async function warnings(run: Run, { name, limit }: { name?: string; limit: number }): Promise<void> {
  const { output, io } = run
  const query = { limit, ...(name === undefined ? {} : { name }) }
  const page = await run.withServer(({ client }) =>
    client.call(listBudgetEvents, { query, signal: io.signal }),
  )
  const nowMs = Date.now()
  output.result(page, () => {
    if (page.items.length === 0) return 'No warnings.'
    return output.table(page.items, [
      { title: 'WHEN', cell: ({ at }) => formatAge(at, nowMs), paint: output.paint.dim },
      { title: 'BUDGET', cell: (row) => row.name, paint: output.paint.bold },
      { title: 'WHOSE', cell: whoseText, flexible: true },
      { title: 'PERIOD', cell: ({ period }) => period },
      { title: 'REACHED', cell: ({ share }) => `${Math.round(share * 100)} %`, align: 'right' },
      {
        title: 'SPENT',
        cell: ({ spentNano, limitNano }) => `${formatMoney(spentNano)} of ${formatMoney(limitNano)}`,
        align: 'right',
      },
    ])
  })
}

/** Calls that count as nothing; only shown when there are some. */
const unpricedColumn = {
  title: 'NO PRICE',
  cell: ({ unpricedCalls }: LimitUse) =>
    unpricedCalls === undefined ? '' : `${unpricedCalls} ${unpricedCalls === 1 ? 'call' : 'calls'}`,
  align: 'right',
} as const

function ofText({ limit, period, action }: LimitUse): string {
  const per = period === undefined ? '' : ` a ${period}`
  return `${formatMoney(limit)}${per}${action === 'warn' ? ', warns' : ''}`
}

function expectedText({ projected, projectedBy }: LimitUse): string {
  if (projected === undefined) return ''
  return projectedBy === 'weekdays' ? formatMoney(projected) : `~${formatMoney(projected)}`
}

const none =
  'No budgets. Set some in gateway.yaml, under "budgets", and apply it: ratchet apply -f gateway.yaml'
