/**
 * Retrieval: indexes of Markdown documents. A version is named by its content, built once by a job (heading-aware
 * chunks, BM25 postings, vectors from a model through the gateway), never changed, and searched exactly.
 */
export { retrievalColumnarMigrations, retrievalMigrations } from './tables.ts'
export {
  makeRetrieval,
  type IndexSource,
  type Retrieval,
  type RetrievalParts,
  type SearchRequest,
} from './retrieval.ts'
export { indexVersionOf, type IndexDocument, type IndexSettings } from './index-version.ts'
export { buildIndexJob } from './build-index-job.ts'
export { mountRetrievalRoutes } from './routes.ts'
export { chunkMarkdown, type Chunk } from './chunk-markdown.ts'
