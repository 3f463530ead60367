import type { TargetTraffic } from '@ratchet/contract'
import type { Tone } from '../../../ui/states/state.tsx'

/** How a target does, as its attempts of the last hour tell. Its circuit breaker is another matter: see `breakerOf`. */
export type TargetHealth = {
  readonly tone: Tone
  readonly words: string
  /** Share of attempts that failed; undefined without attempts. */
  readonly errorShare: number | undefined
  /** Over the whole time that was measured. */
  readonly callsPerMinute: number | undefined
}

const recentBuckets = 5
const fewestCalls = 3

/** Judges the last sixth of the time first: what failed an hour ago may be well by now. */
export function healthOf(traffic: TargetTraffic | undefined, minutes: number): TargetHealth {
  if (traffic === undefined || traffic.calls === 0)
    return { tone: 'waiting', words: 'no calls', errorShare: undefined, callsPerMinute: undefined }
  const errorShare = traffic.errors / traffic.calls
  const callsPerMinute = traffic.calls / minutes
  const recent = traffic.series.slice(-recentBuckets)
  const calls = recent.reduce((sum, bucket) => sum + bucket.calls, 0)
  const errors = recent.reduce((sum, bucket) => sum + bucket.errors, 0)
  const figures = { errorShare, callsPerMinute }
  // With too few calls of late, the whole hour tells.
  const judged = calls >= fewestCalls ? errors / calls : errorShare
  if (judged === 1) return { tone: 'bad', words: 'all calls fail', ...figures }
  if (judged >= 0.5) return { tone: 'bad', words: 'most calls fail', ...figures }
  if (judged >= 0.05) return { tone: 'warn', words: 'some calls fail', ...figures }
  return { tone: 'ok', words: 'answers', ...figures }
}

/** The traffic of a target written as `connection/model`. */
export function trafficOf(
  targets: readonly TargetTraffic[] | undefined,
  model: string,
): TargetTraffic | undefined {
  return targets?.find((target) => `${target.connection}/${target.model}` === model)
}
