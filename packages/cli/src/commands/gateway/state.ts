import {
  AppError,
  getGatewayState,
  type BreakerState,
  type GatewayProcess,
  type OutputOf,
  type RestingKey,
  type TargetState,
} from '@ratchet/contract'
import { Option, type Command } from 'commander'
import { formatAge, formatCount } from '../../render/figures.ts'
import { act, addVerb, type Program, type Run } from '../../verb.ts'

type Options = { connection?: string; state?: BreakerState }
type State = OutputOf<typeof getGatewayState>

const mostTargets = 2_000
const pageSize = 200

export function addState(gateway: Command, program: Program): void {
  addVerb(gateway, 'state', {
    summary: 'Show circuit breakers of targets, keys that rest, and running calls, right now',
    description:
      'What all gateways reported in the last seconds. A target with an open breaker is asked last; with several gateways\nthe worst state is shown, and how many gateways are of that opinion.',
    examples: ['gateway state', 'gateway state --state open', 'gateway state --connection openai --json'],
  })
    .option('-c, --connection <name>', 'only targets of this connection')
    .addOption(
      new Option('-s, --state <state>', 'only targets in this state').choices([
        'open',
        'half-open',
        'closed',
      ]),
    )
    .action(act(program, show))
}

async function show(run: Run, options: Options): Promise<void> {
  const state = await readAll(run, options)
  const { output } = run
  const nowMs = Date.now()
  output.result(state, () => {
    if (state.gateways.length === 0)
      return 'No gateway has reported in the last half minute. See: ratchet status'
    const parts = [
      output.table(state.gateways, [
        { title: 'GATEWAY', cell: ({ name }) => name, paint: output.paint.bold },
        { title: 'STATE', cell: (one: GatewayProcess) => (one.isDraining ? 'draining' : 'serving') },
        { title: 'CALLS', cell: (one) => formatCount(one.activeRequests), align: 'right' },
        { title: 'REPORTED', cell: (one) => formatAge(one.reportedAt, nowMs) },
      ]),
      state.items.length === 0
        ? 'No target was asked in the last half minute, and none is broken.'
        : output.table(state.items, [
            {
              title: 'TARGET',
              cell: ({ connection, model }) => `${connection}/${model}`,
              paint: output.paint.bold,
            },
            { title: 'BREAKER', cell: (one) => breakerWords(one, state.gateways.length) },
            { title: 'AGAIN', cell: ({ retryAt }) => waitWords(retryAt, nowMs) },
            { title: 'CALLS', cell: ({ inFlight }) => formatCount(inFlight), align: 'right' },
            { title: 'WHY', cell: ({ reason }) => reason ?? '', paint: output.paint.dim, flexible: true },
          ]),
      ...(state.keys.length === 0
        ? []
        : [
            output.table(state.keys, [
              { title: 'KEY OF', cell: ({ connection }) => connection, paint: output.paint.bold },
              { title: 'ID', cell: ({ id }) => id },
              { title: 'STATE', cell: (one: RestingKey) => (one.isRefused ? 'refused' : 'rests') },
              { title: 'AGAIN', cell: ({ readyAt }) => waitWords(readyAt, nowMs) },
            ]),
          ]),
    ]
    return parts.join('\n\n')
  })
}

async function readAll(run: Run, { connection, state }: Options): Promise<State> {
  return run.withServer(async ({ client }) => {
    const filter = { connection, state, limit: pageSize }
    let page = await client.call(getGatewayState, { query: filter, signal: run.io.signal })
    const items = [...page.items]
    while (page.nextCursor !== undefined && items.length < mostTargets) {
      page = await client.call(getGatewayState, {
        query: { ...filter, cursor: page.nextCursor },
        signal: run.io.signal,
      })
      items.push(...page.items)
    }
    if (items.length >= mostTargets)
      throw new AppError('bad_request', {
        message: `There are more than ${mostTargets} targets. Choose with --state open or --connection.`,
      })
    const { gateways, keys } = page
    return {
      gateways,
      items,
      keys: keys.filter((key) => connection === undefined || key.connection === connection),
    }
  })
}

function breakerWords({ state, gateways: { open, halfOpen } }: TargetState, count: number): string {
  if (count < 2 || state === 'closed') return state
  return `${state} (${state === 'open' ? open : halfOpen} of ${count})`
}

function waitWords(at: string | undefined, nowMs: number): string {
  if (at === undefined) return ''
  const seconds = Math.ceil((Date.parse(at) - nowMs) / 1000)
  return seconds > 0 ? `in ${seconds} s` : 'with the next call'
}
