/**
 * Rerank: /v1/rerank and /v2/rerank take the bodies of Cohere's, Jina's and Voyage's clients. Requests are written
 * for each provider, and answers come out in one shape that the clients of Cohere and Jina both read.
 */
export { readRerankRequest } from './read-rerank-request.ts'
export { rerankCodecs } from './rerank-codecs.ts'
export { rerankOffline } from './rerank-offline.ts'
export { writeRerankAnswer } from './write-rerank-answer.ts'
export type { RerankAnswer, RerankFormat } from './rerank.ts'
