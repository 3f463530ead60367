/** `k1` bends term frequency, `b` weighs document length; the defaults are those of DESIGN section 7. */
export type Bm25Options = { readonly k1?: number; readonly b?: number }

/** Scores documents against query terms; build it once per collection. */
export type Bm25Index = {
  /** Score of every document, in the order given. Repeated query terms count once. */
  readonly score: (query: readonly string[]) => number[]
  /** The best documents with a score above 0, best first; ties in the order given. */
  readonly search: (
    query: readonly string[],
    limit: number,
  ) => { readonly index: number; readonly score: number }[]
  readonly idf: (term: string) => number
}

/** ln(1 + (N − df + 0.5)/(df + 0.5)): Lucene's form, never negative (Robertson & Zaragoza 2009). */
export function bm25Idf(documents: number, documentFrequency: number): number {
  return Math.log(1 + (documents - documentFrequency + 0.5) / (documentFrequency + 0.5))
}

/** BM25 over documents that are already terms (see `extractTerms`); queries must be made the same way. */
export function makeBm25Index(
  documents: readonly (readonly string[])[],
  options: Bm25Options = {},
): Bm25Index {
  const { k1 = 1.2, b = 0.75 } = options
  const postings = new Map<string, Map<number, number>>()
  let totalLength = 0
  for (const [index, terms] of documents.entries()) {
    totalLength += terms.length
    for (const term of terms) {
      const counts = postings.get(term) ?? new Map<number, number>()
      counts.set(index, (counts.get(index) ?? 0) + 1)
      postings.set(term, counts)
    }
  }
  const averageLength = totalLength / Math.max(1, documents.length)
  const idf = (term: string) => bm25Idf(documents.length, postings.get(term)?.size ?? 0)

  const score = (query: readonly string[]) => {
    const scores = documents.map(() => 0)
    for (const term of new Set(query)) {
      const weight = idf(term)
      for (const [index, count] of postings.get(term) ?? []) {
        const length = documents[index]?.length ?? 0
        const norm = k1 * (1 - b + (b * length) / averageLength)
        scores[index] = (scores[index] ?? 0) + (weight * count * (k1 + 1)) / (count + norm)
      }
    }
    return scores
  }
  const search = (query: readonly string[], limit: number) =>
    score(query)
      .map((value, index) => ({ index, score: value }))
      .filter((hit) => hit.score > 0)
      .toSorted((x, y) => y.score - x.score || x.index - y.index)
      .slice(0, limit)
  return { score, search, idf }
}
