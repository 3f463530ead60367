import { estimateTokens } from '@ratchet/core/offline'
import { makeBm25Index } from '@ratchet/core/retrieval'
import { extractTerms } from '@ratchet/core/text-metrics'
import type { RerankAnswer, RerankRequest } from './rerank.ts'

/**
 * `offline/rerank`: BM25 over the documents of the request, not a language model. Scores lie from 0 to below 1, as
 * those of rerankers do; 0 means that a document shares no word with the query.
 */
export function rerankOffline(request: RerankRequest): RerankAnswer {
  const { query, texts } = request
  const scores = makeBm25Index(texts.map(extractTerms)).score(extractTerms(query))
  const results = scores
    .map((score, index) => ({ index, score: score / (1 + score) }))
    .toSorted((one, other) => other.score - one.score || one.index - other.index)
  const queryTokens = estimateTokens(query)
  const inputTokens = texts.reduce((sum, text) => sum + queryTokens + estimateTokens(text), 0)
  const usage = {
    inputTokens,
    outputTokens: 0,
    cachedInputTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
  }
  return { id: '', model: '', results, usage }
}
