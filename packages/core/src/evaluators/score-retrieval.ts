import { recallAtK } from '../retrieval-metrics/index.ts'
import { unscored, type EvaluationCase, type Score } from './evaluation-case.ts'
import { readExpected } from './read-expected.ts'

/**
 * Share of the expected source pages among the first `k` retrieved passages. A page matches a passage whose
 * path is the same or ends with it (`install.md` matches `docs/install.md`); anchors do not count.
 */
export function scoreRetrievalRecall({ expected, output }: EvaluationCase, k: number): Score {
  const { pages, isUnanswerable } = readExpected(expected)
  if (isUnanswerable) return unscored('The question is unanswerable: no page holds the answer.')
  if (pages.length === 0) return unscored('The item names no expected page.')
  const retrieved = output.contexts.slice(0, k).map((context) => plainPath(context.path))
  const wanted = [...new Set(pages.map(plainPath))]
  const found = wanted.map((page) => retrieved.some((path) => path === page || path.endsWith(`/${page}`)))
  const score = recallAtK(found, wanted.length, wanted.length) ?? 0
  const missing = wanted.filter((_, index) => found[index] === false)
  const seen = [...new Set(retrieved)].join(', ') || 'nothing'
  return {
    score,
    reason:
      missing.length === 0
        ? `Found among the first ${k}.`
        : `Missing ${missing.join(', ')}; retrieved ${seen}.`,
  }
}

function plainPath(path: string): string {
  return path
    .replace(/#.*$/u, '')
    .replace(/^(?:\.?\/)+/u, '')
    .toLowerCase()
}
