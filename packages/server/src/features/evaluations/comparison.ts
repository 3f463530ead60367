import { compareScores, makeEvaluator } from '@ratchet/core/evaluators'
import { makeRandom } from '@ratchet/core/statistics'
import { AppError, type Evaluation, type MetricComparison } from '@ratchet/contract'
import type { ItemScores } from './item-store.ts'

/** An item that both runs have, with how much better (above 0) or worse `b` did. */
export type ItemChange = { readonly itemId: string; readonly change: number }

/** Metrics of both runs compared item by item, and the items that moved most. */
export type Comparison = {
  readonly comparison: Record<string, MetricComparison>
  readonly changes: readonly ItemChange[]
}

/**
 * Compares two runs: paired by item, repeats averaged, clustered by the metadata key of `a`'s spec, Holm over
 * all metrics. Throws `conflict` when they share no item or no metric: there is nothing to compare then.
 */
export function compareRuns(
  a: { evaluation: Evaluation; scores: readonly ItemScores[] },
  b: { evaluation: Evaluation; scores: readonly ItemScores[] },
): Comparison {
  const common = new Set(a.scores.map((row) => row.itemId))
  const hasCommon = b.scores.some((row) => common.has(row.itemId))
  if (!hasCommon) {
    throw new AppError('conflict', {
      message: `"${a.evaluation.name}" and "${b.evaluation.name}" have no item in common (${a.scores.length} and ${b.scores.length} results). Compare runs over the same dataset.`,
      details: { a: a.evaluation.id, b: b.evaluation.id },
    })
  }
  const lowerIsBetter = lowerIsBetterOf([a.evaluation, b.evaluation])
  const comparison = compareScores(a.scores, b.scores, {
    // Seeded by the runs, so that looking twice shows the same figures.
    random: makeRandom(`${a.evaluation.id} ${b.evaluation.id}`),
    cluster: a.evaluation.spec.cluster,
    lowerIsBetter,
  })
  if (Object.keys(comparison).length === 0) {
    throw new AppError('conflict', {
      message: `"${a.evaluation.name}" and "${b.evaluation.name}" have no metric in common. Run both with the same evaluators.`,
      details: { a: a.evaluation.id, b: b.evaluation.id },
    })
  }
  return { comparison, changes: changesOf(a.scores, b.scores, lowerIsBetter) }
}

function lowerIsBetterOf(evaluations: readonly Evaluation[]): Set<string> {
  const evaluators = evaluations.flatMap(({ spec }) => spec.evaluators.map((use) => makeEvaluator(use)))
  return new Set(evaluators.filter((evaluator) => evaluator.lowerIsBetter).map((evaluator) => evaluator.name))
}

/** Quality alone ranks the items; latency and cost, which have no scale in common with it, only when nothing else is there. */
function changesOf(
  a: readonly ItemScores[],
  b: readonly ItemScores[],
  lowerIsBetter: ReadonlySet<string>,
): ItemChange[] {
  const before = meansByItem(a)
  const after = meansByItem(b)
  const shared = [...before].flatMap(([itemId, scores]) => {
    const later = after.get(itemId)
    return later ? [{ itemId, scores, later }] : []
  })
  const hasQuality = shared.some(({ scores }) => [...scores.keys()].some((name) => !lowerIsBetter.has(name)))
  return shared
    .map(({ itemId, scores, later }) => {
      const differences = [...scores].flatMap(([name, score]) => {
        const other = later.get(name)
        if (other === undefined || (hasQuality && lowerIsBetter.has(name))) return []
        return [lowerIsBetter.has(name) ? score - other : other - score]
      })
      const sum = differences.reduce((total, difference) => total + difference, 0)
      return { itemId, change: differences.length === 0 ? 0 : sum / differences.length }
    })
    .toSorted((x, y) => Math.abs(y.change) - Math.abs(x.change) || (x.itemId < y.itemId ? -1 : 1))
}

function meansByItem(scores: readonly ItemScores[]): Map<string, Map<string, number>> {
  const sums = new Map<string, Map<string, { total: number; count: number }>>()
  for (const row of scores) {
    const item = sums.get(row.itemId) ?? new Map<string, { total: number; count: number }>()
    for (const [name, { score }] of Object.entries(row.scores)) {
      if (score === null) continue
      const sum = item.get(name) ?? { total: 0, count: 0 }
      item.set(name, { total: sum.total + score, count: sum.count + 1 })
    }
    sums.set(row.itemId, item)
  }
  return new Map(
    [...sums].map(([itemId, item]) => [
      itemId,
      new Map([...item].map(([name, { total, count }]) => [name, total / count])),
    ]),
  )
}
