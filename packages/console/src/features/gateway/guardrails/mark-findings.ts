import type { TriedFinding } from '@ratchet/contract'

/** A piece of the tried text: with what was found in it, or plain. */
export type MarkedPart = { readonly text: string; readonly findings: readonly TriedFinding[] }

/** Cuts a text where findings begin and end. What overlaps becomes one piece that names all of them. */
export function markFindings(text: string, findings: readonly TriedFinding[]): readonly MarkedPart[] {
  const placed = findings
    .flatMap((finding) => (finding.place === undefined ? [] : { finding, ...finding.place }))
    .filter(({ start, end }) => start >= 0 && end <= text.length && end > start)
    .toSorted((one, other) => one.start - other.start || other.end - one.end)
  const parts: MarkedPart[] = []
  let from = 0
  let at = 0
  while (at < placed.length) {
    const start = placed[at]?.start ?? 0
    let end = placed[at]?.end ?? 0
    const group: TriedFinding[] = []
    for (; at < placed.length && (placed[at]?.start ?? 0) < Math.max(end, start + 1); at += 1) {
      const one = placed[at]
      if (one === undefined) break
      group.push(one.finding)
      end = Math.max(end, one.end)
    }
    if (start > from) parts.push({ text: text.slice(from, start), findings: [] })
    parts.push({ text: text.slice(start, end), findings: group })
    from = end
  }
  if (from < text.length) parts.push({ text: text.slice(from), findings: [] })
  return parts
}
