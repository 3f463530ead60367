import { estimateMean, sumByCluster, type MeanEstimate } from './estimate-mean.ts'
import type { Random } from './random.ts'
import { signFlipTest, type SignFlipResult } from './sign-flip-test.ts'
import { studentTTwoSided } from './student-t.ts'

/**
 * Mean of a - b over the same items. `t` and `p` are null when fewer than two clusters were seen.
 * `signFlip` asks the same question without assuming a distribution.
 */
export type PairedComparison = {
  readonly difference: MeanEstimate
  readonly t: number | null
  readonly p: number | null
  readonly signFlip: SignFlipResult
  readonly improved: number
  readonly worse: number
  readonly tied: number
}

/**
 * Compares two systems on the same items: SE = sd(d)/√n, Student t with n - 1 degrees, and a sign-flip
 * test. With `clusters` (a conversation, or an item run several times) the SE is the corrected clustered
 * one of {@link estimateMean}, degrees are clusters - 1, and whole clusters flip sign together.
 */
export function comparePaired(
  a: readonly number[],
  b: readonly number[],
  options: {
    readonly random: Random
    readonly clusters?: readonly string[]
    readonly level?: number
    readonly draws?: number
  },
): PairedComparison {
  if (a.length !== b.length) {
    throw new RangeError(
      `A paired comparison needs the same items on both sides, got ${a.length} and ${b.length}.`,
    )
  }
  const differences = a.map((value, index) => value - (b[index] ?? 0))
  const difference = estimateMean(differences, options)
  const flips = [...sumByCluster(differences, options.clusters, 0).values()]
  return {
    difference,
    ...testAgainstZero(difference),
    signFlip: signFlipTest(flips, options),
    improved: differences.filter((value) => value > 0).length,
    worse: differences.filter((value) => value < 0).length,
    tied: differences.filter((value) => value === 0).length,
  }
}

function testAgainstZero(estimate: MeanEstimate): { t: number | null; p: number | null } {
  const { mean, standardError, clusters } = estimate
  if (standardError === null) return { t: null, p: null }
  if (standardError === 0) return mean === 0 ? { t: 0, p: 1 } : { t: Math.sign(mean) * Infinity, p: 0 }
  const t = mean / standardError
  return { t, p: studentTTwoSided(t, clusters - 1) }
}
