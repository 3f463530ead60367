/** A possible finding; several may overlap. */
export type Candidate = {
  readonly kind: string
  readonly start: number
  readonly end: number
  readonly score: number
}

/** Candidates that overlap one another directly or through others, ordered by place. */
export type Cluster<Item extends Range> = {
  readonly start: number
  readonly end: number
  readonly candidates: readonly Item[]
}
type Range = { readonly start: number; readonly end: number }

/** Groups what overlaps; what only touches stays apart. Sorts `found` in place. */
export function clusterOverlaps<Item extends Range>(found: Item[]): Cluster<Item>[] {
  found.sort(byPlace)
  const clusters: Cluster<Item>[] = []
  let first = 0
  while (first < found.length) {
    const start = found[first]?.start ?? 0
    let end = found[first]?.end ?? 0
    let next = first + 1
    while (next < found.length && (found[next]?.start ?? 0) < end) {
      end = Math.max(end, found[next]?.end ?? 0)
      next += 1
    }
    clusters.push({ start, end, candidates: found.slice(first, next) })
    first = next
  }
  return clusters
}

const bucketSize = 64

/**
 * Of the candidates of one cluster, those that no better one covers by at least half. Better is the higher
 * score, then the longer text. Kept ones are looked up by place, so long chains stay near linear.
 */
export function chooseBest(cluster: readonly Candidate[]): readonly Candidate[] {
  if (cluster.length === 1) return cluster
  const longest = cluster.reduce((most, { start, end }) => Math.max(most, end - start), 0)
  const buckets = new Map<number, Candidate[]>()
  const kept: Candidate[] = []
  for (const candidate of cluster.toSorted(byRank)) {
    if (isHidden(candidate, buckets, longest)) continue
    kept.push(candidate)
    const bucket = Math.floor(candidate.start / bucketSize)
    const neighbours = buckets.get(bucket)
    if (neighbours) neighbours.push(candidate)
    else buckets.set(bucket, [candidate])
  }
  return kept.sort(byPlace)
}

function isHidden(candidate: Candidate, buckets: Map<number, Candidate[]>, longest: number): boolean {
  const half = (candidate.end - candidate.start) / 2
  const last = Math.floor(candidate.end / bucketSize)
  for (
    let bucket = Math.floor(Math.max(0, candidate.start - longest) / bucketSize);
    bucket <= last;
    bucket += 1
  ) {
    for (const better of buckets.get(bucket) ?? []) {
      const shared = Math.min(better.end, candidate.end) - Math.max(better.start, candidate.start)
      if (shared >= half) return true
    }
  }
  return false
}

function byPlace(first: Range, second: Range): number {
  return first.start - second.start || second.end - first.end
}

function byRank(first: Candidate, second: Candidate): number {
  return (
    second.score - first.score ||
    second.end - second.start - (first.end - first.start) ||
    first.start - second.start ||
    (first.kind < second.kind ? -1 : 1)
  )
}
