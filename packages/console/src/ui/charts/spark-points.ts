export type SparkPoint = { readonly at: string; readonly total: number; readonly bad: number }

const mostPoints = 400

/**
 * Puts empty buckets where there were none, so that a gap in time is a gap on screen. The bucket width is the smallest
 * distance between two points; points that would make more than 400 buckets are left as they are.
 */
export function fillGaps(points: readonly SparkPoint[]): readonly SparkPoint[] {
  const times = points.map(({ at }) => new Date(at).getTime())
  const [first, last] = [times[0], times.at(-1)]
  const steps = times.slice(1).map((time, index) => time - (times[index] ?? time))
  const stepMs = Math.min(...steps)
  if (first === undefined || last === undefined || !(stepMs > 0)) return points
  const count = Math.round((last - first) / stepMs) + 1
  if (count > mostPoints || count <= points.length) return points
  const filled = Array.from({ length: count }, (_, index): SparkPoint => ({
    at: new Date(first + index * stepMs).toISOString(),
    total: 0,
    bad: 0,
  }))
  for (const [index, point] of points.entries()) {
    filled[Math.round(((times[index] ?? first) - first) / stepMs)] = point
  }
  return filled
}
