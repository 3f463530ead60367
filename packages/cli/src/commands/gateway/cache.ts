import { confirm, isCancel } from '@clack/prompts'
import { clearGatewayCache, getGatewayCache, type CacheUse, type OutputOf } from '@ratchet/contract'
import type { Command } from 'commander'
import { wholeNumber } from '../../input-values.ts'
import { formatBytes, formatCount, formatDuration, formatMoney } from '../../render/figures.ts'
import { act, addNoun, addVerb, type Program, type Run } from '../../verb.ts'

type Filter = { policy?: string; model?: string; key?: string }
type Figures = OutputOf<typeof getGatewayCache>

export function addCache(parent: Command, program: Program): void {
  const cache = addNoun(parent, 'cache', 'Answers that the gateway keeps and gives again')
  addVerb(cache, 'stats', {
    summary: 'Show what each cache policy saved, and what it keeps now',
    examples: ['cache stats', 'cache stats --days 7 --json'],
  })
    .option('-d, --days <count>', 'whole days in UTC, today included', wholeNumber('--days', 1, 365), 30)
    .action(act(program, stats))
  addVerb(cache, 'clear', {
    summary: 'Forget kept answers: those that meet all options, or all of the project',
    examples: [
      'cache clear --policy answers',
      'cache clear --model openai/gpt-5-mini --yes',
      'cache clear --key 3f9a0c21',
    ],
  })
    .option('-p, --policy <name>', 'only answers of this policy')
    .option('-m, --model <name>', 'only answers of this model, such as openai/gpt-5-mini')
    .option('-k, --key <digits>', 'only answers whose x-ratchet-cache-key begins so')
    .option('-y, --yes', 'do not ask')
    .action(act(program, clear))
}

async function stats(run: Run, { days }: { days: number }): Promise<void> {
  const { output, io } = run
  const figures = await run.withServer(({ client }) =>
    client.call(getGatewayCache, { query: { days }, signal: io.signal }),
  )
  output.result(figures, () => {
    if (figures.policies.length === 0)
      return 'No cache is configured. Add one under "caches" of the gateway file: docs/caching.md'
    return `${renderPolicies(run, figures.policies)}\n${renderTotal(figures)}`
  })
}

function renderPolicies({ output }: Run, policies: readonly CacheUse[]): string {
  return output.table(policies, [
    { title: 'POLICY', cell: ({ policy }) => policy, paint: output.paint.bold },
    { title: 'MODE', cell: ({ mode }) => mode ?? 'removed' },
    { title: 'HITS', cell: ({ hits }) => formatCount(hits), align: 'right' },
    { title: 'SIMILAR', cell: ({ semanticHits }) => formatCount(semanticHits), align: 'right' },
    { title: 'MISSES', cell: ({ misses }) => formatCount(misses), align: 'right' },
    { title: 'HIT RATE', cell: ({ hitRate }) => percent(hitRate), align: 'right' },
    { title: 'SAVED', cell: ({ savedNano }) => formatMoney(savedNano), align: 'right' },
    { title: 'TIME', cell: ({ savedMs }) => formatDuration(savedMs), align: 'right' },
    { title: 'AGREES', cell: ({ agreement }) => percent(agreement), align: 'right' },
    { title: 'MEMORY', cell: ({ memoryBytes }) => formatBytes(memoryBytes), align: 'right' },
    { title: 'DISK', cell: ({ diskBytes }) => formatBytes(diskBytes), align: 'right' },
  ])
}

function renderTotal({ days, gateways, total }: Figures): string {
  const period = days === 1 ? 'Today' : `In ${days} days`
  const who = gateways === 1 ? '1 gateway' : `${gateways} gateways`
  return `${period}: ${percent(total.hitRate)} answered from the cache, ${formatMoney(total.savedNano)} and ${formatDuration(total.savedMs)} saved; ${who} reporting.`
}

function percent(share: number | undefined): string {
  return share === undefined ? '–' : `${(share * 100).toFixed(1)} %`
}

async function clear(run: Run, options: Filter & { yes?: boolean }): Promise<void> {
  const { output, io } = run
  const { policy, model, key, yes } = options
  const what = describe(options)
  if (!yes && io.canAsk && !output.isJson) {
    const answer = await confirm({ message: `Forget ${what}?` })
    if (isCancel(answer) || !answer) return output.note('Nothing was forgotten.')
  }
  const query = {
    ...(policy === undefined ? {} : { policy }),
    ...(model === undefined ? {} : { model }),
    ...(key === undefined ? {} : { keyPrefix: key }),
  }
  const forgotten = await run.withServer(({ client }) =>
    client.call(clearGatewayCache, { query, signal: io.signal }),
  )
  output.result(forgotten, () => `Gateways forget ${what} in less than a second.`)
}

function describe({ policy, model, key }: Filter): string {
  const parts = [
    ...(policy === undefined ? [] : [`of policy "${policy}"`]),
    ...(model === undefined ? [] : [`of model "${model}"`]),
    ...(key === undefined ? [] : [`with a key that begins with ${key}`]),
  ]
  return parts.length === 0 ? 'all kept answers of the project' : `kept answers ${parts.join(' ')}`
}
