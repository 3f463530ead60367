import { normalQuantile } from './normal.ts'

/** Two ends of a confidence interval. */
export type Interval = { readonly low: number; readonly high: number }

/**
 * Wilson score interval of a rate (Wilson 1927): (p̂ + z²/2n ± z√(p̂q̂/n + z²/4n²)) / (1 + z²/n).
 * Never leaves [0, 1] and stays honest at 0 and n successes. No trials give the whole of [0, 1].
 */
export function wilsonInterval(successes: number, trials: number, level = 0.95): Interval {
  if (trials <= 0) return { low: 0, high: 1 }
  const z = normalQuantile(1 - (1 - level) / 2)
  const rate = successes / trials
  const centre = rate + (z * z) / (2 * trials)
  const spread = z * Math.sqrt((rate * (1 - rate)) / trials + (z * z) / (4 * trials * trials))
  const scale = 1 + (z * z) / trials
  return {
    low: successes <= 0 ? 0 : Math.max(0, (centre - spread) / scale),
    high: successes >= trials ? 1 : Math.min(1, (centre + spread) / scale),
  }
}
