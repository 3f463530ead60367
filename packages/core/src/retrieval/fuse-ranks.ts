/** One item of a fused ranking; `ranks` tells its place (from 1) in each list that had it. */
export type FusedItem = {
  readonly id: string
  readonly score: number
  readonly ranks: readonly (number | null)[]
}

/**
 * Reciprocal rank fusion (Cormack, Clarke & Büttcher 2009): Σ 1/(60 + rank) over the lists. Needs no
 * comparable scores. Ties keep the order in which items were first seen. An id counts once per list.
 */
export function fuseRanks(
  lists: readonly (readonly string[])[],
  options: { readonly constant?: number } = {},
): FusedItem[] {
  const { constant = 60 } = options
  const ranksById = new Map<string, (number | null)[]>()
  for (const [list, ids] of lists.entries()) {
    for (const [index, id] of ids.entries()) {
      const ranks = ranksById.get(id) ?? lists.map(() => null)
      ranks[list] ??= index + 1
      ranksById.set(id, ranks)
    }
  }
  return [...ranksById]
    .map(([id, ranks]) => ({
      id,
      ranks,
      score: ranks.reduce<number>((sum, rank) => sum + (rank === null ? 0 : 1 / (constant + rank)), 0),
    }))
    .toSorted((a, b) => b.score - a.score)
}
