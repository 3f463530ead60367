/**
 * Retrieval without a database: BM25 over documents in memory, rank fusion, the `offline/embedding` model
 * (feature hashing, not a language model), cosine, and a sentence-aware window splitter.
 */
export { makeBm25Index, bm25Idf, type Bm25Index, type Bm25Options } from './bm25.ts'
export { fuseRanks, type FusedItem } from './fuse-ranks.ts'
export { embedText, embeddingDimensions } from './embed-text.ts'
export { cosineSimilarity } from './cosine-similarity.ts'
export { splitIntoWindows, type TextWindow } from './split-into-windows.ts'
