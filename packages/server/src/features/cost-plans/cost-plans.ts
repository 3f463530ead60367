import { AppError, type createCostPlan, type Model, type OutputOf } from '@ratchet/contract'
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
      const [known, speeds, found] = await Promise.all([
        parts.listModels(project),
        readSpeeds(queries, parts.clock.now() - speedDays * dayMs, { signal }),
        readTraffic(queries, body, { signal }),
      ])
      const models = body.models.map((name) => plannedModel(name, body, known, speeds))
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
  options: QueryOptions,
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
  const hours = (toMs - fromMs) / 3_600_000
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
    repeatShare: repeatShare(recorded.calls, body.cacheSeconds * 1000),
    peakFactor: body.peakFactor ?? Math.max(1, recorded.busiestHour / (recorded.count / hours)),
  }
  return { traffic, recordedCalls: recorded.count }
}

function plannedModel(
  name: string,
  body: PlanBody,
  known: readonly Model[],
  speeds: ReadonlyMap<string, ModelSpeed>,
): PlannedModel {
  const price = known.find(({ id }) => id === name)?.price
  if (price === undefined) {
    throw new AppError('bad_request', {
      message: `No price is known for the model "${name}". See models with: ratchet models list; set a price in gateway.yaml under "prices".`,
      details: { model: name },
    })
  }
  const speed = speeds.get(name)
  return {
    name,
    price,
    tokensPerSecond: body.tokensPerSecond ?? speed?.tokensPerSecond,
    firstTokenMs: speed?.firstTokenMs,
    ...(body.batchableShare > 0 ? { batchPriceShare: body.batchPriceShare } : {}),
  }
}
