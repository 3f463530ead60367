import type { ModelPrice } from '@ratchet/contract'
import { tierOf } from '../cost/cost-nano.ts'
import { bootstrapClusters } from '../statistics/bootstrap-clusters.ts'
import type { Random } from '../statistics/random.ts'
import type { CallTokens, Traffic } from './traffic.ts'

export type PlannedModel = {
  readonly name: string
  readonly price: ModelPrice
  /** Of one answer while it streams; measured or typed. */
  readonly tokensPerSecond?: number | undefined
  readonly firstTokenMs?: number | undefined
  /** Factor on the price of calls that may wait for a batch; undefined when the provider has none. */
  readonly batchPriceShare?: number | undefined
}

/** What one change alone would save in a month. Savings of several changes do not add up. */
export type Saving = {
  readonly change: 'shorter-prompts' | 'prompt-cache' | 'response-cache' | 'batching'
  readonly savedNano: number
}

export type ModelPlan = {
  readonly name: string
  readonly monthNano: number
  /** 95 % bootstrap interval from recorded calls; undefined for typed traffic, which has no sample. */
  readonly interval: { readonly low: number; readonly high: number } | undefined
  readonly nanoPerRequest: number
  /** Calls that run at once at the peak; undefined without a speed. */
  readonly peakConcurrency: number | undefined
  readonly savings: readonly Saving[]
  /** Against the dearest model of the plan. */
  readonly savedByModelNano: number
}

export type CostPlan = {
  readonly requestsPerMonth: number
  readonly peakRequestsPerSecond: number
  /** As given, so that a person can compare in their order. */
  readonly models: readonly ModelPlan[]
}

type Options = {
  /** By how much prompts could be shorter, 0 to 1. */
  readonly shortenBy: number
  /** Share of calls that may wait for a batch, 0 to 1. */
  readonly batchableShare: number
  readonly random: Random
}

/** A twelfth of a year. */
const daysPerMonth = 365 / 12
const draws = 500

/** Plans each model side by side. Throws RangeError on shares outside 0 to 1, a peak below 1, and traffic without calls. */
export function planCosts(traffic: Traffic, models: readonly PlannedModel[], options: Options): CostPlan {
  requireTraffic(traffic, options)
  const requestsPerMonth = traffic.requestsPerDay * daysPerMonth
  const peakRequestsPerSecond = (traffic.requestsPerDay / 86_400) * traffic.peakFactor
  const plans = models.map((model) => planModel(traffic, model, options))
  const dearest = Math.max(0, ...plans.map(({ monthNano }) => monthNano))
  return {
    requestsPerMonth,
    peakRequestsPerSecond,
    models: plans.map((plan) => ({ ...plan, savedByModelNano: dearest - plan.monthNano })),
  }
}

function planModel(
  traffic: Traffic,
  model: PlannedModel,
  options: Options,
): Omit<ModelPlan, 'savedByModelNano'> {
  const { calls, requestsPerDay } = traffic
  const perMonth = requestsPerDay * daysPerMonth
  const costs = calls.map((call) => callNano(call, model.price))
  const each = mean(costs)
  const monthly = (change: (call: CallTokens) => number): number =>
    Math.round(mean(calls.map(change)) * perMonth)
  const monthNano = Math.round(each * perMonth)
  const saved = (change: Saving['change'], nano: number): Saving => ({ change, savedNano: monthNano - nano })
  const shorter = monthly((call) =>
    callNano({ ...call, input: call.input * (1 - options.shortenBy) }, model.price),
  )
  const cached = monthly((call) => callNano(call, model.price, traffic.cacheableShare))
  const savings = [saved('shorter-prompts', shorter), saved('prompt-cache', cached)]
  if (traffic.repeatShare !== undefined) {
    savings.push(saved('response-cache', Math.round(monthNano * (1 - traffic.repeatShare))))
  }
  if (model.batchPriceShare !== undefined) {
    const factor = 1 - options.batchableShare * (1 - model.batchPriceShare)
    savings.push(saved('batching', Math.round(monthNano * factor)))
  }
  return {
    name: model.name,
    monthNano,
    interval: traffic.isRecorded && calls.length > 1 ? interval(costs, perMonth, options.random) : undefined,
    nanoPerRequest: Math.round(each),
    peakConcurrency: concurrency(traffic, model),
    savings,
  }
}

/** Calls in the system = arrivals a second x seconds that one stays (Little 1961). */
function concurrency(traffic: Traffic, model: PlannedModel): number | undefined {
  if (model.tokensPerSecond === undefined) return undefined
  const output = mean(traffic.calls.map((call) => call.output))
  const seconds = (model.firstTokenMs ?? 0) / 1000 + output / model.tokensPerSecond
  return (traffic.requestsPerDay / 86_400) * traffic.peakFactor * seconds
}

/** Nano-dollars of an average call of this size, unrounded; the cached part of its input at the price of cached tokens. */
function callNano({ input, output }: CallTokens, price: ModelPrice, cachedShare = 0): number {
  const prices = tierOf(price, input)
  const cached = input * cachedShare
  // Some price lists have cached tokens dearer than fresh ones; nobody has to cache.
  const cachedNano = Math.min(prices.inputNano, prices.cachedInputNano ?? prices.inputNano)
  // What is taken off is taken off at the end: the rounding of numbers must not make a saving negative.
  const perMillion =
    input * prices.inputNano + output * prices.outputNano - cached * (prices.inputNano - cachedNano)
  return perMillion / 1e6 + (price.requestNano ?? 0)
}

function interval(costs: readonly number[], perMonth: number, random: Random) {
  const { low, high } = bootstrapClusters(
    costs.map((cost) => [cost]),
    mean,
    { random, draws },
  )
  return { low: Math.round(low * perMonth), high: Math.round(high * perMonth) }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function requireTraffic(traffic: Traffic, { shortenBy, batchableShare }: Options): void {
  const { calls, requestsPerDay, cacheableShare, repeatShare = 0, peakFactor } = traffic
  const shares = { shortenBy, batchableShare, cacheableShare, repeatShare }
  for (const [name, share] of Object.entries(shares)) {
    if (!(share >= 0 && share <= 1)) throw new RangeError(`${name} is a share from 0 to 1, got ${share}.`)
  }
  if (!(requestsPerDay >= 0)) throw new RangeError(`requestsPerDay is at least 0, got ${requestsPerDay}.`)
  if (!(peakFactor >= 1)) throw new RangeError(`peakFactor is at least 1, got ${peakFactor}.`)
  if (calls.length === 0) throw new RangeError('A plan needs at least one call, got none.')
}
