/**
 * The given percentile (0 to 100) by linear interpolation between closest ranks (Hyndman & Fan type 7,
 * the default of NumPy and R). The values need not be sorted. No values give NaN.
 */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const last = sorted.length - 1
  if (last < 0) return NaN
  const position = (Math.min(100, Math.max(0, percent)) / 100) * last
  const below = sorted[Math.floor(position)] ?? NaN
  const above = sorted[Math.ceil(position)] ?? NaN
  return below + (above - below) * (position - Math.floor(position))
}
