/**
 * Round numbers inside [low, high], about `count` of them, at steps of 1, 2 or 5 times a power of ten.
 * A range without width yields its one value.
 */
export function niceTicks(low: number, high: number, count: number): readonly number[] {
  if (!(high > low)) return [low]
  const rough = (high - low) / Math.max(1, count)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step =
    [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough * 0.999) ?? rough
  const first = Math.ceil(low / step - 1e-9)
  const last = Math.floor(high / step + 1e-9)
  // Integer multiples, so that 0.30000000000000004 never shows.
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  )
}

/** Where a value stands between two ends, as a share from 0 to 1 (clamped). */
export function shareBetween(value: number, low: number, high: number): number {
  if (high <= low) return 0
  return Math.min(1, Math.max(0, (value - low) / (high - low)))
}
