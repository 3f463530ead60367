import type { JsonObject } from '../parse-json.ts'
import type { RerankAnswer, RerankRequest } from './rerank.ts'

export type RerankAnswerOptions = {
  readonly request: RerankRequest
  /** The name that the client asked for. */
  readonly model: string
  /** For answers whose provider gave none. */
  readonly id: string
}

/**
 * An answer that Cohere's clients (`meta`) and Jina's (`model`, `usage`) both read. Results that name no document
 * of the request are left out.
 */
export function writeRerankAnswer(answer: RerankAnswer, options: RerankAnswerOptions): JsonObject {
  const { documents, returnsDocuments, top = documents.length } = options.request
  const results: JsonObject[] = []
  for (const { index, score } of answer.results) {
    const document = documents[index]
    if (document === undefined || results.length >= top) continue
    const shown = typeof document === 'string' ? { text: document } : document
    const repeated = returnsDocuments === true ? { document: shown } : {}
    results.push({ index, relevance_score: score, ...repeated })
  }
  const { searchUnits, usage } = answer
  // Where searches are counted, no tokens are a count that nobody made.
  const tokens = usage?.inputTokens === 0 && searchUnits !== undefined ? undefined : usage?.inputTokens
  return {
    id: answer.id === '' ? options.id : answer.id,
    model: options.model,
    results,
    ...(tokens === undefined ? {} : { usage: { prompt_tokens: tokens, total_tokens: tokens } }),
    meta: {
      api_version: { version: '2' },
      ...(searchUnits === undefined ? {} : { billed_units: { search_units: searchUnits } }),
      ...(tokens === undefined ? {} : { tokens: { input_tokens: tokens } }),
    },
  }
}
