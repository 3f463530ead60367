import { getGatewayConfig, getUsage, listLimitUse, type ApiKey, type LimitUse } from '@ratchet/contract'
import { formatAge, formatCount, formatMoney } from '../../render/figures.ts'
import type { Run } from '../../verb.ts'
import { amountText, paintShare, untilText } from '../gateway/limit-use.ts'
import { allKeys, findKey } from './find-key.ts'

/** A limit or budget of a key; without `use` it has used nothing of it now. */
type KeyLimit = { readonly kind: LimitUse['kind']; readonly name: string; readonly use?: LimitUse }

/** `keys show`: one key with its month and its own limits. */
export async function showKey(run: Run, written: string): Promise<void> {
  const { output, io } = run
  const { signal } = io
  const found = await run.withServer(async ({ client }) => {
    const key = findKey(await allKeys(client), written)
    const [usage, { config }, used] = await Promise.all([
      client.call(getUsage, { query: { by: 'model', key: key.id, forecast: 'true' }, signal }),
      client.call(getGatewayConfig, { signal }),
      client.call(listLimitUse, { query: { scope: 'key', subject: key.id, limit: 200 }, signal }),
    ])
    return { key, month: usage.total, models: usage.groups, limits: limitsOf(key, config, used.items) }
  })
  const { key, month, models, limits } = found
  output.result(found, () => {
    const nowMs = Date.now()
    const head = `${output.paint.bold(key.name)} (${key.preview}) for ${key.environment}, ${key.state}`
    const lastUsed =
      key.lastUsedAt === undefined ? 'never used' : `last used ${formatAge(key.lastUsedAt, nowMs)}`
    const expected =
      month.forecast === undefined ? '' : `, ~${formatMoney(month.forecast.atEndNano)} at its end`
    const lines = [
      `${head}, ${lastUsed}`,
      `This month: ${formatCount(month.requests)} calls, ${formatMoney(month.costNano)}${month.unknownCost > 0 ? '+' : ''}${expected}`,
    ]
    if (models.length > 0) {
      lines.push(
        '',
        output.table(models, [
          {
            title: 'MODEL',
            cell: ({ values: [name = ''] }) => (name === '' ? '(none)' : name),
            flexible: true,
          },
          { title: 'CALLS', cell: ({ requests }) => formatCount(requests), align: 'right' },
          { title: 'COST', cell: ({ costNano }) => formatMoney(costNano), align: 'right' },
        ]),
      )
    }
    lines.push('', limits.length === 0 ? 'No limits or budgets of its own.' : limitTable(run, limits, nowMs))
    return lines.join('\n')
  })
}

type Configured = { readonly name: string; readonly scope: string; readonly match?: string | undefined }

/** What is counted for each key, or for this one by its id or name. */
function limitsOf(
  { id, name }: ApiKey,
  config: { readonly limits: readonly Configured[]; readonly budgets: readonly Configured[] },
  used: readonly LimitUse[],
): KeyLimit[] {
  const own = (kind: LimitUse['kind'], configured: readonly Configured[]): KeyLimit[] =>
    configured
      .filter(({ scope, match }) => scope === 'key' && [undefined, id, name].includes(match))
      .map((limit) => {
        const use = used.find((one) => one.kind === kind && one.name === limit.name)
        return { kind, name: limit.name, ...(use === undefined ? {} : { use }) }
      })
  return [...own('budget', config.budgets), ...own('limit', config.limits)]
}

function limitTable(run: Run, limits: readonly KeyLimit[], nowMs: number): string {
  return run.output.table(limits, [
    { title: 'LIMIT', cell: ({ kind, name }) => `${kind} ${name}`, flexible: true },
    {
      title: 'USED',
      cell: ({ use }) => (use === undefined ? 'nothing now' : amountText(use.unit, use.used)),
      align: 'right',
      paint: (text, { use }) => (use === undefined ? text : paintShare(run, use.used / use.limit, text)),
    },
    {
      title: 'OF',
      cell: ({ use }) => (use === undefined ? '' : amountText(use.unit, use.limit)),
      align: 'right',
    },
    { title: 'FREE AGAIN', cell: ({ use }) => untilText(use?.resetsAt, nowMs) },
  ])
}
