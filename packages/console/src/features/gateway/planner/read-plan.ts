import type { BodyOf, createCostPlan } from '@ratchet/contract'
import { printValue } from '../../../ui/query/query-terms.ts'
import { modelsOf, type PlanField, planRanges, type PlanSearch, usualRange } from './plan-search.ts'

export type PlanBody = BodyOf<typeof createCostPlan>
/** A field, with what is wrong with it. `models` has none to plan with. */
export type PlanProblems = { readonly [Field in PlanField | 'models']?: string }

const mostModels = 10
const mostRequests = 1e10
const mostTokens = 10_000_000
const dayMs = 86_400_000

/**
 * What the form asks for, or what is wrong with it, by field. A form that is still being filled in has neither: what is
 * missing is not wrong.
 */
export function readPlan(
  search: PlanSearch,
  environment: string,
  now: Date,
): { readonly body: PlanBody | undefined; readonly problems: PlanProblems } {
  const problems: Record<string, string> = {}
  const number = (field: PlanField, low: number, high: number, unit: string): number | undefined => {
    const text = search[field]?.trim().replaceAll(/[,_\s]/g, '') ?? ''
    if (text === '') return undefined
    const value = Number(text.replace(/%$/, ''))
    if (value >= low && value <= high) return value
    problems[field] =
      `“${search[field] ?? ''}” is not a number from ${low.toLocaleString('en-US')} to ${high.toLocaleString('en-US')}${unit}.`
    return undefined
  }
  const percent = (field: PlanField): number | undefined => {
    const value = number(field, 0, 100, ' percent')
    return value === undefined ? undefined : value / 100
  }
  const names = modelsOf(search)
  if (names.length > mostModels)
    problems['models'] = `Compare up to ${String(mostModels)} models; these are ${String(names.length)}.`
  const requestsPerDay = number('requests', 0, mostRequests, ' a day')
  const changes = {
    cacheableShare: percent('cacheable'),
    shortenBy: percent('shorten'),
    batchableShare: percent('batch'),
    peakFactor: number('peak', 1, 10_000, ''),
    tokensPerSecond: number('speed', 0.01, 100_000, ' tokens a second'),
    cacheSeconds: scaled(number('keep', 1, 43_200, ' minutes'), 60),
  }
  const inputTokens = readSpread('input', 'inputP95')
  const outputTokens = readSpread('output', 'outputP95')
  const traffic = search.from === 'typed' ? typed() : recorded(search, environment, now)
  const isWhole = traffic !== undefined && names.length > 0 && Object.keys(problems).length === 0
  return {
    problems,
    body: isWhole
      ? {
          traffic,
          models: [...names],
          requestsPerDay: search.from === 'typed' ? undefined : requestsPerDay,
          ...changes,
        }
      : undefined,
  }

  function readSpread(field: 'input' | 'output', high: 'inputP95' | 'outputP95') {
    const mean = number(field, 0, mostTokens, ' tokens')
    const p95 = number(high, 0, mostTokens, ' tokens')
    if (mean !== undefined && p95 !== undefined && p95 < mean)
      problems[high] = `The 95th percentile (${String(p95)}) is below the mean (${String(mean)}).`
    return mean === undefined ? undefined : { mean, p95: p95 ?? mean }
  }
  function typed(): PlanBody['traffic'] | undefined {
    if (requestsPerDay === undefined || inputTokens === undefined || outputTokens === undefined)
      return undefined
    return { requestsPerDay, inputTokens, outputTokens }
  }
}

function recorded(search: PlanSearch, environment: string, now: Date): PlanBody['traffic'] {
  const days = planRanges.find(({ value }) => value === (search.range ?? usualRange))?.days ?? 7
  // Whole minutes: a page that is drawn again asks the same question again.
  const to = Math.ceil(now.getTime() / 60_000) * 60_000
  const query = [
    `environment:${printValue(environment)}`,
    ...(search.app === undefined ? [] : [`app:${printValue(search.app)}`]),
    ...(search.model === undefined ? [] : [`model:${printValue(search.model)}`]),
    ...(search.q === undefined ? [] : [search.q.trim()]),
  ].join(' ')
  return {
    fromTraces: { query, from: new Date(to - days * dayMs).toISOString(), to: new Date(to).toISOString() },
  }
}

function scaled(value: number | undefined, by: number): number | undefined {
  return value === undefined ? undefined : Math.max(1, Math.round(value * by))
}

/** The command that makes the same plan in a terminal. */
export function planCommand({ traffic, ...body }: PlanBody): string {
  const percent = (share: number | undefined, option: string): string[] =>
    share === undefined ? [] : [`${option} ${String(Math.round(share * 100))}`]
  const parts =
    'fromTraces' in traffic
      ? [
          `--from-traces ${quote(traffic.fromTraces.query ?? '')}`,
          `--from ${traffic.fromTraces.from}`,
          `--to ${traffic.fromTraces.to}`,
          ...(body.requestsPerDay === undefined ? [] : [`--requests-per-day ${String(body.requestsPerDay)}`]),
        ]
      : [
          `--requests-per-day ${String(traffic.requestsPerDay)}`,
          `--input ${String(traffic.inputTokens.mean)}/${String(traffic.inputTokens.p95)}`,
          `--output ${String(traffic.outputTokens.mean)}/${String(traffic.outputTokens.p95)}`,
        ]
  return [
    'npx ratchet plan cost',
    ...parts,
    `--models ${body.models.join(',')}`,
    ...percent(body.cacheableShare, '--cacheable'),
    ...whole(body.peakFactor, '--peak'),
    ...percent(body.shortenBy, '--shorten'),
    ...percent(body.batchableShare, '--batchable'),
    ...whole(body.tokensPerSecond, '--speed'),
    ...whole(scaled(body.cacheSeconds, 1 / 60), '--keep'),
  ].join(' ')
}

function whole(value: number | undefined, option: string): string[] {
  return value === undefined ? [] : [`${option} ${String(Math.max(1, Math.round(value)))}`]
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
