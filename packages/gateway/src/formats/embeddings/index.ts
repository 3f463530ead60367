/**
 * Embeddings between OpenAI's, Gemini's, Vertex's, Cohere's and Bedrock's shapes. A request is read by the client's
 * format, written as one or more calls of the provider's, and the answers are read, joined and written back. Clients
 * whose format is the provider's own should be passed through untouched instead.
 */
import { bedrockTitanEmbeddings } from './bedrock-titan.ts'
import { bedrockCohereEmbeddings, cohereEmbeddings } from './cohere.ts'
import type { EmbeddingsClient, EmbeddingsCodec, EmbeddingsFormat } from './embeddings.ts'
import { geminiEmbeddings } from './gemini.ts'
import { openAiEmbeddings } from './open-ai.ts'
import { vertexEmbeddings } from './vertex.ts'

/** Provider side of each format. */
export const embeddingsCodecs: Readonly<Record<EmbeddingsFormat, EmbeddingsCodec>> = {
  openai: openAiEmbeddings,
  gemini: geminiEmbeddings,
  vertex: vertexEmbeddings,
  cohere: cohereEmbeddings,
  'bedrock-titan': bedrockTitanEmbeddings,
  'bedrock-cohere': bedrockCohereEmbeddings,
}

/** Client side of the formats that clients speak: /v1/embeddings, embedContent, and /v2/embed. */
export const embeddingsClients: Readonly<Record<'openai' | 'gemini' | 'cohere', EmbeddingsClient>> = {
  openai: openAiEmbeddings,
  gemini: geminiEmbeddings,
  cohere: cohereEmbeddings,
}

export { joinEmbeddings } from './join-embeddings.ts'
export type {
  EmbeddingsAnswer,
  EmbeddingsCall,
  EmbeddingsClient,
  EmbeddingsCodec,
  EmbeddingsFormat,
  EmbeddingsRequest,
} from './embeddings.ts'
