import type { Random } from './random.ts'

/** `method` says whether every sign pattern was counted or a sample of them was drawn. */
export type SignFlipResult = {
  readonly p: number
  readonly method: 'exact' | 'monte-carlo'
  readonly draws: number
}

const exactLimit = 12

/**
 * Two-sided sign-flip (Fisher randomisation) test that the sum of differences is zero. Up to 12
 * differences all 2^n patterns are counted; beyond, `draws` random patterns with the add-one estimate
 * (count + 1)/(draws + 1) of Phipson & Smyth 2010, which can never claim p = 0.
 */
export function signFlipTest(
  differences: readonly number[],
  options: { readonly random: Random; readonly draws?: number },
): SignFlipResult {
  const observed = Math.abs(differences.reduce((sum, value) => sum + value, 0))
  // Sums that differ only by rounding must tie with the observed one.
  const bar = observed - 1e-9 * (1 + observed)
  if (differences.length <= exactLimit) {
    const patterns = 2 ** differences.length
    let extreme = 0
    for (let pattern = 0; pattern < patterns; pattern++) {
      let sum = 0
      for (const [bit, value] of differences.entries()) sum += pattern & (1 << bit) ? value : -value
      if (Math.abs(sum) >= bar) extreme++
    }
    return { p: extreme / patterns, method: 'exact', draws: patterns }
  }
  const { random, draws = 10_000 } = options
  let extreme = 0
  for (let draw = 0; draw < draws; draw++) {
    let sum = 0
    for (const value of differences) sum += random() < 0.5 ? value : -value
    if (Math.abs(sum) >= bar) extreme++
  }
  return { p: (extreme + 1) / (draws + 1), method: 'monte-carlo', draws }
}
