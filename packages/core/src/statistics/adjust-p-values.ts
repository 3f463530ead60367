/**
 * Holm's step-down adjustment (Holm 1979): controls the chance of any false alarm over several metrics.
 * Returns adjusted p-values in the order given, made monotone and capped at 1.
 */
export function adjustHolm(pValues: readonly number[]): number[] {
  const total = pValues.length
  let running = 0
  return inOrder(ascending(pValues), (p, rank) => {
    running = Math.max(running, Math.min(1, p * (total - rank)))
    return running
  })
}

/**
 * Benjamini-Hochberg step-up adjustment (1995): controls the expected share of false discoveries.
 * Returns adjusted p-values in the order given.
 */
export function adjustBenjaminiHochberg(pValues: readonly number[]): number[] {
  const total = pValues.length
  let running = 1
  return inOrder(ascending(pValues).toReversed(), (p, rank) => {
    running = Math.min(running, (p * total) / (total - rank))
    return running
  })
}

type Ranked = { readonly p: number; readonly index: number }

function ascending(pValues: readonly number[]): Ranked[] {
  return pValues.map((p, index) => ({ p, index })).toSorted((a, b) => a.p - b.p)
}

function inOrder(ranked: readonly Ranked[], adjust: (p: number, rank: number) => number): number[] {
  const adjusted = Array.from<number>({ length: ranked.length }).fill(1)
  for (const [rank, { p, index }] of ranked.entries()) adjusted[index] = adjust(p, rank)
  return adjusted
}
