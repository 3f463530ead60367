/** Share of the relevant documents found among the first `k`. Null when nothing is relevant at all. */
export function recallAtK(relevance: readonly boolean[], relevantTotal: number, k: number): number | null {
  return relevantTotal <= 0 ? null : countFirst(relevance, k) / relevantTotal
}

/** Share of the first `k` places that are relevant; places beyond the end of the list count as misses. */
export function precisionAtK(relevance: readonly boolean[], k: number): number {
  return k <= 0 ? 0 : countFirst(relevance, k) / k
}

/** One over the rank of the first relevant document, 0 when there is none. */
export function reciprocalRank(relevance: readonly boolean[]): number {
  const index = relevance.indexOf(true)
  return index < 0 ? 0 : 1 / (index + 1)
}

/**
 * Average precision as trec_eval counts it: precision at each relevant rank, summed, over all relevant
 * documents (also those not found). Null when nothing is relevant at all.
 */
export function averagePrecision(relevance: readonly boolean[], relevantTotal: number): number | null {
  if (relevantTotal <= 0) return null
  let found = 0
  let sum = 0
  for (const [index, isRelevant] of relevance.entries()) {
    if (!isRelevant) continue
    found++
    sum += found / (index + 1)
  }
  return sum / relevantTotal
}

function countFirst(relevance: readonly boolean[], k: number): number {
  return relevance.slice(0, Math.max(0, k)).filter(Boolean).length
}
