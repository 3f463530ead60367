import type { getGatewayTraffic, OutputOf } from '@ratchet/contract'
import type { Clickhouse } from '#platform/clickhouse/open-clickhouse.ts'
import type { Clock } from '#platform/clock.ts'
import { readRoutes, readTargets } from './traffic-store.ts'

const buckets = 30

/** Traffic of the last minutes. Every call is about one project. */
export type GatewayTraffic = {
  readonly measure: (
    project: string,
    range: { readonly minutes: number; readonly environment?: string | undefined },
    signal?: AbortSignal,
  ) => Promise<OutputOf<typeof getGatewayTraffic>>
}

/** Makes the feature over the columnar engine. */
export function makeGatewayTraffic(parts: {
  readonly clickhouse: Clickhouse
  readonly clock: Clock
}): GatewayTraffic {
  return {
    measure: async (project, { minutes, environment }, signal) => {
      const stepSeconds = Math.max(10, (minutes * 60) / buckets)
      const count = Math.ceil((minutes * 60) / stepSeconds)
      // Starts at a full bucket, so that the same bucket asks the same question and a poll may find nothing new.
      const lastBucket = Math.floor(parts.clock.now() / 1000 / stepSeconds)
      const fromSeconds = (lastBucket - count + 1) * stepSeconds
      const selection = { fromSeconds, stepSeconds, buckets: count, environment }
      const queries = parts.clickhouse.forProject(project)
      const [targets, routes] = await Promise.all([
        readTargets(queries, selection, { signal }),
        readRoutes(queries, selection, { signal }),
      ])
      return { from: new Date(fromSeconds * 1000).toISOString(), minutes, targets, routes }
    },
  }
}
