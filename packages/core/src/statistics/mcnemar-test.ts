import { logGamma } from './incomplete-beta.ts'
import { normalCdf } from './normal.ts'

/** Exact binomial p, and the continuity-corrected chi-square with its p. */
export type McnemarResult = {
  readonly exactP: number
  readonly chiSquare: number
  readonly chiSquareP: number
}

/**
 * McNemar's test on the discordant pairs of two pass/fail systems: `onlyFirst` passed by the first only,
 * `onlySecond` by the second only. Exact: two-sided binomial at 1/2. Corrected: (|b − c| − 1)²/(b + c)
 * (Edwards 1948). Use the exact p below about 25 discordant pairs. No discordant pair gives p = 1.
 */
export function mcnemarTest(onlyFirst: number, onlySecond: number): McnemarResult {
  const total = onlyFirst + onlySecond
  if (total === 0) return { exactP: 1, chiSquare: 0, chiSquareP: 1 }
  const gap = Math.max(0, Math.abs(onlyFirst - onlySecond) - 1)
  const chiSquare = (gap * gap) / total
  return {
    exactP: Math.min(1, 2 * binomialLowerTail(Math.min(onlyFirst, onlySecond), total)),
    chiSquare,
    // One degree of freedom: the chi-square tail is two normal tails.
    chiSquareP: Math.min(1, 2 * normalCdf(-Math.sqrt(chiSquare))),
  }
}

function binomialLowerTail(successes: number, trials: number): number {
  let sum = 0
  for (let k = 0; k <= successes; k++) {
    const logChoose = logGamma(trials + 1) - logGamma(k + 1) - logGamma(trials - k + 1)
    sum += Math.exp(logChoose - trials * Math.LN2)
  }
  return sum
}
