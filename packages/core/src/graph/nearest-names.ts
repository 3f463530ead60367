import { editDistance } from './edit-distance.ts'

const lengthLimit = 200

/**
 * The candidates a person most likely meant by `name`, nearest first, at most `limit` (3). Compares without
 * case; a candidate qualifies within a third of the longer name's length (at least 1 edit), or when one name
 * contains the other (from 3 characters). Ties are alphabetical.
 */
export function nearestNames(name: string, candidates: Iterable<string>, limit = 3): string[] {
  const wanted = name.slice(0, lengthLimit).toLowerCase()
  const ranked: { candidate: string; distance: number }[] = []
  for (const candidate of new Set(candidates)) {
    const folded = candidate.slice(0, lengthLimit).toLowerCase()
    const longer = Math.max(wanted.length, folded.length)
    const reach = Math.max(1, Math.floor(longer / 3))
    const isPart =
      Math.min(wanted.length, folded.length) >= 3 && (folded.includes(wanted) || wanted.includes(folded))
    // The difference in length is a lower bound of the distance, and far cheaper.
    if (!isPart && Math.abs(wanted.length - folded.length) > reach) continue
    const distance = editDistance(wanted, folded)
    if (distance <= reach) ranked.push({ candidate, distance })
    else if (isPart) ranked.push({ candidate, distance: reach + distance / (longer + 1) })
  }
  return ranked
    .toSorted((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, limit)
    .map((entry) => entry.candidate)
}

/** `Did you mean "a" or "b"?` for error messages, or an empty string when nothing is near. */
export function suggestNames(name: string, candidates: Iterable<string>): string {
  const names = nearestNames(name, candidates).map((candidate) => `"${candidate}"`)
  const last = names.pop()
  if (last === undefined) return ''
  return `Did you mean ${names.length > 0 ? `${names.join(', ')} or ` : ''}${last}?`
}
