import type { GatewayFile } from '@ratchet/contract'
import type { z } from 'zod'
import type { gatewayFile } from '@ratchet/contract'
import type { ImportReport } from './import-report.ts'
import type { LiteLlmConfig } from './litellm-config.ts'
import { readFallbacks, type Fallbacks } from './read-fallbacks.ts'
import { parametersOf } from './target-parameters.ts'
import type { Target } from './translate-connections.ts'

export type FileInput = z.input<typeof gatewayFile>
export type RouteInput = NonNullable<FileInput['routes']>[number]
type TargetInput = NonNullable<RouteInput['targets']>[number]
type Strategy = GatewayFile['routes'][number]['strategy']

const strategies: Readonly<Record<string, Strategy>> = {
  'simple-shuffle': 'weighted',
  'least-busy': 'load',
  'usage-based-routing': 'load',
  'usage-based-routing-v2': 'load',
  'latency-based-routing': 'latency',
  'cost-based-routing': 'cost',
}

/** Makes a route of every model name, with its deployments as targets and the fallbacks behind them. */
export function translateRoutes(
  config: LiteLlmConfig,
  targets: ReadonlyMap<string, readonly Target[]>,
  report: ImportReport,
): RouteInput[] {
  const strategy = readStrategy(config, report)
  const fallbacks = readFallbacks(config, report)
  const shared = sharedSettings(config, report)
  const groups = [...targets].filter(([, members]) => members.length > 0)
  const routes = groups.map(([group, members]): RouteInput => {
    const own = members.map((member) => targetInput(member, strategy, report))
    const behind = fallbackTargets(group, targets, fallbacks, report)
    const isAlone = own.length === 1 && behind.length === 0
    const isOrdered = members.some(({ deployment }) => deployment.litellm_params['order'] !== undefined)
    return {
      name: routeNameOf(group),
      ...(isAlone ? {} : { strategy: isOrdered || own.length === 1 ? 'ordered' : strategy }),
      targets: [
        ...sortByOrder(own, members),
        ...(own.length === 1 || isOrdered ? behind : behind.map(inReserve)),
      ],
      ...shared,
      ...fallbackOn(group, fallbacks),
    }
  })
  return [...routes, ...aliasRoutes(config, routes, report)]
}

/** Names of routes have no slash; clients must be told when a name changes. */
export function routeNameOf(group: string): string {
  return (
    group
      .replace(/[^A-Za-z0-9._:-]+/g, '-')
      .replace(/^[^A-Za-z0-9]+/, '')
      .slice(0, 100) || 'route'
  )
}

function readStrategy(config: LiteLlmConfig, report: ImportReport): Strategy {
  const written = config.router_settings?.routing_strategy
  const path = ['router_settings', 'routing_strategy']
  if (written === undefined || written === null) return 'weighted'
  const strategy = strategies[written]
  if (strategy === undefined) {
    report.add('left-out', path, `The strategy "${written}" is not known here; targets are drawn by weight.`)
    return 'weighted'
  }
  const isExact = !written.startsWith('usage-based')
  report.add(
    isExact ? 'translated' : 'adapted',
    path,
    isExact
      ? `Targets are chosen by "${strategy}".`
      : 'Tokens per minute are not compared; the target with fewer running calls is asked.',
  )
  return strategy
}

function targetInput(target: Target, strategy: Strategy, report: ImportReport): TargetInput {
  const { model, deployment, path } = target
  const weight = weightOf(deployment.litellm_params, [...path, 'litellm_params'], strategy, report)
  return { model, ...(weight === undefined ? {} : { weight }), ...settingsOf(target, report) }
}

/** What a deployment says about its calls, whatever route they come from. */
function settingsOf({ deployment, path }: Target, report: ImportReport): Partial<TargetInput> {
  const at = [...path, 'litellm_params']
  const timeouts = targetTimeouts(deployment.litellm_params, at, report)
  const parameters = parametersOf(deployment.litellm_params, at, report)
  return {
    ...(Object.keys(timeouts).length === 0 ? {} : { timeouts }),
    ...(Object.keys(parameters).length === 0 ? {} : { parameters }),
  }
}

type Params = Target['deployment']['litellm_params']
type Path = readonly (string | number)[]

/** LiteLLM draws by weight, else by requests or tokens per minute. */
function weightOf(params: Params, path: Path, strategy: Strategy, report: ImportReport): number | undefined {
  const isDrawn = strategy === 'weighted'
  let weight: number | undefined
  for (const field of ['weight', 'rpm', 'tpm']) {
    const value = Number(params[field] ?? Number.NaN)
    if (!Number.isFinite(value)) continue
    const isUsed = isDrawn && weight === undefined && value > 0
    if (isUsed) weight = Math.min(1_000_000, value)
    report.add(
      'adapted',
      [...path, field],
      isUsed
        ? `${field === 'weight' ? 'It' : `${value} a minute`} is the target's weight${field === 'weight' ? '' : '; to enforce it, add a limit with scope "model"'}.`
        : `${value} is not enforced; add a limit with scope "model" for that.`,
    )
  }
  return weight
}

function targetTimeouts(params: Params, path: Path, report: ImportReport): Record<string, number> {
  const timeouts: Record<string, number> = {}
  for (const [theirs, ours] of [
    ['timeout', 'totalMs'],
    ['stream_timeout', 'firstTokenMs'],
  ] as const) {
    const seconds = Number(params[theirs] ?? Number.NaN)
    if (!Number.isFinite(seconds) || seconds <= 0) continue
    timeouts[ours] = Math.round(seconds * 1000)
    report.add('translated', [...path, theirs], `${ours} of the target.`)
  }
  return timeouts
}

function sortByOrder(inputs: readonly TargetInput[], members: readonly Target[]): TargetInput[] {
  const order = (index: number) => Number(members[index]?.deployment.litellm_params['order'] ?? 1e9)
  return inputs
    .map((input, index) => ({ input, index }))
    .toSorted((a, b) => order(a.index) - order(b.index) || a.index - b.index)
    .map(({ input }) => input)
}

function inReserve(target: TargetInput): TargetInput {
  return { ...target, weight: 0 }
}

function fallbackTargets(
  group: string,
  targets: ReadonlyMap<string, readonly Target[]>,
  fallbacks: Fallbacks,
  report: ImportReport,
): TargetInput[] {
  const own = new Set(targets.get(group)?.map((target) => target.model))
  const seen = new Set<string>()
  return fallbacks.of(group).flatMap(({ name, path }) => {
    const members = targets.get(name) ?? []
    if (members.length === 0) {
      report.add(
        'left-out',
        path,
        `The fallback "${name}" is no model of this file that could be translated.`,
      )
    }
    return members.flatMap((member) => {
      const { model } = member
      if (own.has(model) || seen.has(model)) return []
      seen.add(model)
      // A deployment takes its settings along wherever it answers.
      return [{ model, ...settingsOf(member, report) }]
    })
  })
}

/** What moves on to the next target, beyond what always does. */
function fallbackOn(group: string, fallbacks: Fallbacks): Pick<RouteInput, 'fallbackOn'> {
  const extra = [
    ...(fallbacks.isOn('context-length', group) ? (['context-length'] as const) : []),
    ...(fallbacks.isOn('content-filter', group) ? (['content-filter'] as const) : []),
  ]
  return extra.length === 0 ? {} : { fallbackOn: [...usual, ...extra] }
}

const usual = [
  'connect',
  'timeout',
  'rate-limit',
  'overloaded',
  'server-error',
  'stream-cut',
  'bad-answer',
  'credential',
  'not-found',
] as const

/** What every route has from router_settings and litellm_settings. */
function sharedSettings(config: LiteLlmConfig, report: ImportReport): Partial<RouteInput> {
  const router = config.router_settings
  const settings = config.litellm_settings
  const pick = (field: 'num_retries' | 'timeout' | 'stream_timeout') => {
    const value = settings?.[field]
    if (router?.[field] !== undefined && router[field] !== null) {
      if (value !== undefined && value !== null) tellOverruled(field, field, report)
      return { value: router[field], path: ['router_settings', field] }
    }
    return value === undefined || value === null ? undefined : { value, path: ['litellm_settings', field] }
  }
  const retries = pick('num_retries')
  const timeout = pick('timeout')
  const requested = requestTimeout(config)
  if (timeout && requested) tellOverruled('request_timeout', 'timeout', report)
  const total = timeout ?? requested
  const firstToken = pick('stream_timeout')
  if (retries) report.add('translated', retries.path, 'Tries at a target after the first one.')
  if (total) report.add('translated', total.path, 'totalMs of every route.')
  if (firstToken) report.add('adapted', firstToken.path, 'The time to the first token of every route.')
  if (settings?.drop_params === true) {
    report.add('translated', ['litellm_settings', 'drop_params'], 'dropUnsupported of every route.')
  }
  const timeouts = {
    ...(total ? { totalMs: milliseconds(total.value) } : {}),
    ...(firstToken ? { firstTokenMs: milliseconds(firstToken.value) } : {}),
  }
  return {
    ...(retries ? { retries: { attempts: Math.min(10, Math.max(0, Math.round(retries.value))) } } : {}),
    ...(Object.keys(timeouts).length === 0 ? {} : { timeouts }),
    ...(settings?.drop_params === true ? { dropUnsupported: true } : {}),
  }
}

function tellOverruled(field: string, by: string, report: ImportReport): void {
  report.add('left-out', ['litellm_settings', field], `The setting "${by}" goes before it.`)
}

function requestTimeout(config: LiteLlmConfig): { value: number; path: string[] } | undefined {
  const value = config.litellm_settings?.request_timeout
  return value === undefined || value === null
    ? undefined
    : { value, path: ['litellm_settings', 'request_timeout'] }
}

function milliseconds(seconds: number): number {
  return Math.min(3_600_000, Math.max(1, Math.round(seconds * 1000)))
}

/** `{ "gpt-4": "gpt-4o" }`: another name for the same route. */
function aliasRoutes(
  config: LiteLlmConfig,
  routes: readonly RouteInput[],
  report: ImportReport,
): RouteInput[] {
  const aliases = config.router_settings?.model_group_alias ?? {}
  return Object.entries(aliases).flatMap(([alias, meant]) => {
    const path = ['router_settings', 'model_group_alias', alias]
    const group = typeof meant === 'string' ? meant : groupOf(meant)
    const route = routes.find((each) => each.name === routeNameOf(group))
    if (!route) {
      report.add('left-out', path, `"${group}" is no model of this file that could be translated.`)
      return []
    }
    report.add('translated', path, `A route of its own, the same as "${route.name}".`)
    return [{ ...route, name: routeNameOf(alias) }]
  })
}

function groupOf(meant: unknown): string {
  if (typeof meant !== 'object' || meant === null || !('model' in meant)) return ''
  return typeof meant.model === 'string' ? meant.model : ''
}
