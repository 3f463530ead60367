/**
 * Share of recorded calls that an exact cache would have answered: those that repeat an earlier call within its time to
 * live. Calls come oldest first. No calls give undefined: nothing was measured.
 */
export function repeatShare(
  calls: readonly { readonly fingerprint: string; readonly atMs: number }[],
  ttlMs: number,
): number | undefined {
  if (calls.length === 0) return undefined
  const keptUntilMs = new Map<string, number>()
  let hits = 0
  for (const { fingerprint, atMs } of calls) {
    // A hit does not prolong the life of what is kept.
    if (atMs < (keptUntilMs.get(fingerprint) ?? Number.NEGATIVE_INFINITY)) hits += 1
    else keptUntilMs.set(fingerprint, atMs + ttlMs)
  }
  return hits / calls.length
}
