export type Bucket = { readonly atUs: number; readonly traces: number; readonly errors: number }
type Range = { readonly firstUs: number; readonly lastUs: number }

/** The time that a series covers: what was asked for, else from the first to the last trace found. */
export function rangeOf(
  selection: { readonly from?: string | undefined; readonly to?: string | undefined },
  found: { readonly firstUs: number; readonly lastUs: number },
  nowMs: number,
): Range {
  const { from, to } = selection
  if (from === undefined) return found
  return { firstUs: Date.parse(from) * 1000, lastUs: (to === undefined ? nowMs : Date.parse(to)) * 1000 }
}

/** Adds the empty buckets of the range, so that a quiet hour looks quiet and not left out. */
export function fillBuckets(buckets: readonly Bucket[], range: Range, stepSeconds: number): Bucket[] {
  if (buckets.length === 0) return []
  const stepUs = stepSeconds * 1_000_000
  const known = new Map(buckets.map((bucket) => [bucket.atUs, bucket]))
  const filled: Bucket[] = []
  for (let atUs = Math.floor(range.firstUs / stepUs) * stepUs; atUs <= range.lastUs; atUs += stepUs) {
    filled.push(known.get(atUs) ?? { atUs, traces: 0, errors: 0 })
  }
  return filled
}
