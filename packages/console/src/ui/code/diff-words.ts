export type DiffPart = { readonly kind: 'same' | 'added' | 'removed'; readonly text: string }

const cellLimit = 4_000_000

/**
 * The shortest way from one text to another in whole words (white space kept). Texts so long that the table would not
 * fit (about 2,000 words each) are compared by lines instead.
 */
export function diffWords(before: string, after: string): readonly DiffPart[] {
  const words = /\s+|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu
  const [a, b] = [before.match(words) ?? [], after.match(words) ?? []]
  if (a.length * b.length <= cellLimit) return diffTokens(a, b)
  const [c, d] = [before.match(/[^\n]*\n|[^\n]+$/g) ?? [], after.match(/[^\n]*\n|[^\n]+$/g) ?? []]
  if (c.length * d.length <= cellLimit) return diffTokens(c, d)
  return merge([
    { kind: 'removed', text: before },
    { kind: 'added', text: after },
  ])
}

function diffTokens(a: readonly string[], b: readonly string[]): readonly DiffPart[] {
  // lengths[i][j] is the longest common subsequence of a[i..] and b[j..], in one flat table.
  const width = b.length + 1
  const lengths = new Uint32Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const down = lengths[(i + 1) * width + j] ?? 0
      const right = lengths[i * width + j + 1] ?? 0
      lengths[i * width + j] =
        a[i] === b[j] ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1 : Math.max(down, right)
    }
  }
  const parts: DiffPart[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    const isSame = i < a.length && j < b.length && a[i] === b[j]
    const down = i < a.length ? (lengths[(i + 1) * width + j] ?? 0) : -1
    const right = j < b.length ? (lengths[i * width + j + 1] ?? 0) : -1
    if (isSame) parts.push({ kind: 'same', text: a[i] ?? '' })
    else if (down >= right) parts.push({ kind: 'removed', text: a[i] ?? '' })
    else parts.push({ kind: 'added', text: b[j] ?? '' })
    if (isSame || down >= right) i += 1
    if (isSame || down < right) j += 1
  }
  return merge(parts)
}

/** Joins neighbours, and changes with only white space between them: a run of changes is one removal and one addition. */
function merge(parts: readonly DiffPart[]): readonly DiffPart[] {
  const merged: DiffPart[] = []
  let run = { removed: '', added: '' }
  const endRun = (): void => {
    if (run.removed !== '') merged.push({ kind: 'removed', text: run.removed })
    if (run.added !== '') merged.push({ kind: 'added', text: run.added })
    run = { removed: '', added: '' }
  }
  for (const [index, part] of parts.entries()) {
    if (part.kind === 'removed') run.removed += part.text
    else if (part.kind === 'added') run.added += part.text
    else if (
      /^\s+$/.test(part.text) &&
      run.removed + run.added !== '' &&
      (parts[index + 1]?.kind ?? 'same') !== 'same'
    ) {
      run = { removed: run.removed + part.text, added: run.added + part.text }
    } else {
      endRun()
      const last = merged.at(-1)
      if (last?.kind === 'same') merged[merged.length - 1] = { kind: 'same', text: last.text + part.text }
      else merged.push(part)
    }
  }
  endRun()
  return merged
}
