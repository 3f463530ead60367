import {
  AppError,
  priceOfOverride,
  type createCostPlan,
  type Model,
  type ModelPrice,
  type OutputOf,
  type PriceOverride,
} from '@ratchet/contract'
import { findOverride } from '@ratchet/core/cost'
import {
  planCosts,
  repeatShare,
  sampleCalls,
  type PlannedModel,
  type Traffic,
} from '@ratchet/core/cost-planner'
import { makeRandom } from '@ratchet/core/statistics'
import type { z } from 'zod'
import type { Clickhouse } from '#platform/clickhouse/open-clickhouse.ts'
import type { ProjectQueries, QueryOptions } from '#platform/clickhouse/project-queries.ts'
import type { Clock } from '#platform/clock.ts'
import { readRecordedTraffic, readSpeeds, type ModelSpeed } from './recorded-traffic.ts'

type PlanBody = z.output<(typeof createCostPlan)['body']>

/** Plans of cost. Every call is about one project. */
export type CostPlans = {
  readonly plan: (
    project: string,
    body: PlanBody,
    signal?: AbortSignal,
  ) => Promise<OutputOf<typeof createCostPlan>>
}

export type CostPlansParts = {
  readonly clickhouse: Pick<Clickhouse, 'forProject'>
  readonly clock: Pick<Clock, 'now'>
  readonly listModels: (project: string) => Promise<readonly Model[]>
  /** Prices that the project has set, also for models that no provider lists. */
  readonly pricesOf: (project: string) => Promise<readonly PriceOverride[]>
}

const dayMs = 86_400_000
const speedDays = 7
const mostDays = 400
const usualPeak = 3

/** Makes the feature. */
export function makeCostPlans(parts: CostPlansParts): CostPlans {
  return {
    plan: async (project, body, signal) => {
      const queries = parts.clickhouse.forProject(project)
      const [known, prices, speeds, found] = await Promise.all([
        parts.listModels(project),
        parts.pricesOf(project),
        readSpeeds(queries, parts.clock.now() - speedDays * dayMs, { signal }),
        readTraffic(queries, body, { signal, nowMs: parts.clock.now() }),
      ])
      const models = body.models.map((name) =>
        plannedModel(name, body, { price: priceOf(name, known, prices), speed: speeds.get(name) }),
      )
      const { shortenBy, batchableShare } = body
      const { traffic, recordedCalls } = found
      // The same question has the same answer.
      const plan = planCosts(traffic, models, { shortenBy, batchableShare, random: makeRandom('cost-plan') })
      const mean = (pick: (call: Traffic['calls'][number]) => number): number =>
        traffic.calls.reduce((sum, call) => sum + pick(call), 0) / traffic.calls.length
      return {
        traffic: {
          ...(recordedCalls === undefined ? {} : { recordedCalls }),
          requestsPerDay: traffic.requestsPerDay,
          meanInputTokens: mean(({ input }) => input),
          meanOutputTokens: mean(({ output }) => output),
          cacheableShare: traffic.cacheableShare,
          peakFactor: traffic.peakFactor,
          peakRequestsPerSecond: plan.peakRequestsPerSecond,
          ...(traffic.repeatShare === undefined ? {} : { repeatShare: traffic.repeatShare }),
        },
        models: plan.models.map((model) => ({ ...model, savings: [...model.savings] })),
      }
    },
  }
}

type FoundTraffic = { readonly traffic: Traffic; readonly recordedCalls: number | undefined }

async function readTraffic(
  queries: ProjectQueries,
  body: PlanBody,
  { nowMs, ...options }: QueryOptions & { readonly nowMs: number },
): Promise<FoundTraffic> {
  if (!('fromTraces' in body.traffic)) {
    const { requestsPerDay, inputTokens, outputTokens } = body.traffic
    const traffic: Traffic = {
      requestsPerDay: body.requestsPerDay ?? requestsPerDay,
      calls: sampleCalls(inputTokens, outputTokens),
      isRecorded: false,
      cacheableShare: body.cacheableShare ?? 0,
      repeatShare: undefined,
      peakFactor: body.peakFactor ?? usualPeak,
    }
    return { traffic, recordedCalls: undefined }
  }
  const { query, from, to } = body.traffic.fromTraces
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)]
  if (!(fromMs < toMs && toMs - fromMs <= mostDays * dayMs)) {
    throw new AppError('bad_request', {
      message: `"from" (${from}) must lie before "to" (${to}), by at most ${mostDays} days.`,
      details: { from, to },
    })
  }
  const recorded = await readRecordedTraffic(queries, { query, fromMs, toMs }, options)
  // A kept answer asked no model: it counts as a repeat and says nothing about sizes.
  const asked = recorded.calls.filter(({ input, output }) => input + output > 0)
  if (asked.length === 0) {
    throw new AppError('bad_request', {
      message: `No call with tokens was recorded from ${from} to ${to} for the query "${query}". Choose another range, or type the traffic.`,
      details: { query, from, to },
    })
  }
  const sum = (pick: (call: (typeof asked)[number]) => number): number =>
    asked.reduce((total, call) => total + pick(call), 0)
  // Hours to come have no calls yet: they must not make the others look fewer.
  const hours = (Math.min(toMs, Math.max(nowMs, fromMs + 1)) - fromMs) / 3_600_000
  const traffic: Traffic = {
    requestsPerDay: body.requestsPerDay ?? (recorded.count * 24) / hours,
    calls: asked.map(({ input, output }) => ({ input, output })),
    isRecorded: true,
    cacheableShare:
      body.cacheableShare ??
      Math.min(
        1,
        sum(({ cached }) => cached) /
          Math.max(
            1,
            sum(({ input }) => input),
          ),
      ),
    // Of calls whose text was not kept nobody knows what they repeat.
    repeatShare: repeatShare(
      recorded.calls.filter(({ hasInput }) => hasInput),
      body.cacheSeconds * 1000,
    ),
    peakFactor: body.peakFactor ?? Math.max(1, recorded.busiestHour / (recorded.count / hours)),
  }
  return { traffic, recordedCalls: recorded.count }
}

/** As calls through the gateway are priced. */
function priceOf(
  name: string,
  known: readonly Model[],
  prices: readonly PriceOverride[],
): ModelPrice | undefined {
  const listed = known.find(({ id }) => id === name)?.price
  const slash = name.indexOf('/')
  if (listed !== undefined || slash < 1) return listed
  const override = findOverride(prices, name.slice(0, slash), name.slice(slash + 1))
  return override && priceOfOverride(override)
}

function plannedModel(
  name: string,
  body: PlanBody,
  { price, speed }: { readonly price: ModelPrice | undefined; readonly speed: ModelSpeed | undefined },
): PlannedModel {
  if (price === undefined) {
    throw new AppError('bad_request', {
      message: `No price is known for the model "${name}". See models with: ratchet models list; set a price in gateway.yaml under "prices".`,
      details: { model: name },
    })
  }
  return {
    name,
    price,
    tokensPerSecond: body.tokensPerSecond ?? speed?.tokensPerSecond,
    firstTokenMs: speed?.firstTokenMs,
    // Who has no price for batches charges them in full.
    ...(body.batchableShare > 0 ? { batchPriceShare: body.batchPriceShare ?? price.batchShare ?? 1 } : {}),
  }
}
