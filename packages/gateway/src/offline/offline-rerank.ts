import type { JsonObject } from '../formats/parse-json.ts'
import { readRerankRequest, rerankOffline } from '../formats/rerank/index.ts'

/** An answer of `offline/rerank` in Jina's shape: word overlap (BM25), not a language model. */
export function rerankAnswer(json: JsonObject): JsonObject {
  const { results, usage } = rerankOffline(readRerankRequest(json))
  const tokens = usage?.inputTokens ?? 0
  return {
    results: results.map(({ index, score }) => ({ index, relevance_score: score })),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  }
}
