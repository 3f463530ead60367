/**
 * Normalised discounted cumulative gain: Σ gain/log2(rank + 1) over the best possible order. `linear` gain
 * is the grade (Järvelin & Kekäläinen 2002), `exponential` is 2^grade − 1 (Burges 2005); the two differ on
 * graded judgements, so always say which one a figure is. `ideal` are the grades of all judged documents
 * (default: those in the list). Null when no document has a grade above 0.
 */
export function normalisedGain(
  grades: readonly number[],
  options: {
    readonly k?: number
    readonly gain?: 'linear' | 'exponential'
    readonly ideal?: readonly number[]
  } = {},
): number | null {
  const { k = grades.length, gain = 'linear', ideal = grades } = options
  const best = discountedGain(ideal.toSorted((a, b) => b - a).slice(0, k), gain)
  return best <= 0 ? null : discountedGain(grades.slice(0, k), gain) / best
}

function discountedGain(grades: readonly number[], gain: 'linear' | 'exponential'): number {
  return grades.reduce((sum, grade, index) => {
    const value = gain === 'linear' ? Math.max(0, grade) : 2 ** Math.max(0, grade) - 1
    return sum + value / Math.log2(index + 2)
  }, 0)
}
