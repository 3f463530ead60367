import type { LimitUse } from '@ratchet/contract'
import type { Command } from 'commander'
import { act, addNoun, addVerb, type Program, type Run } from '../../verb.ts'
import { amountText, paintShare, readUse, untilText, whoseText } from './limit-use.ts'

export function addLimits(parent: Command, program: Program): void {
  addVerb(addNoun(parent, 'limits', 'Limits of requests, tokens, money and running calls'), 'list', {
    summary: 'List limits with what is used of them now',
    description:
      'Lists limits with what is used of them now, one row for each who has used them. Limits are kept in gateway.yaml, under "limits".',
    examples: ['limits list', 'limits list --name per-user', 'limits list --json'],
  })
    .option('--name <name>', 'only this limit')
    .action(act(program, list))
}

async function list(run: Run, { name }: { name?: string }): Promise<void> {
  const { output } = run
  const items = await readUse(run, { kind: 'limit', ...(name === undefined ? {} : { name }) })
  const nowMs = Date.now()
  output.result({ items }, () => {
    if (items.length === 0) return none
    return output.table(items, [
      { title: 'LIMIT', cell: (row) => row.name, paint: output.paint.bold },
      { title: 'WHOSE', cell: whoseText, flexible: true },
      {
        title: 'USED',
        cell: (row) => amountText(row.unit, row.used),
        align: 'right',
        paint: (text, row) => paintShare(run, row.used / row.limit, text),
      },
      { title: 'OF', cell: (row) => amountText(row.unit, row.limit), align: 'right' },
      { title: 'UNIT', cell: unitText },
      { title: 'FREE AGAIN', cell: (row) => (row.used === 0 ? '' : untilText(row.resetsAt, nowMs)) },
    ])
  })
}

function unitText({ unit, windowSeconds }: LimitUse): string {
  if (unit === 'running') return 'running calls'
  const what = unit === 'nano-dollars' ? 'US dollars' : unit
  return windowSeconds === undefined ? what : `${what} per ${windowSeconds} s`
}

const none =
  'No limits. Set some in gateway.yaml, under "limits", and apply it: ratchet apply -f gateway.yaml'
