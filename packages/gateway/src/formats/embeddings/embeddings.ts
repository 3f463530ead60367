import type { Usage } from '@ratchet/contract'
import type { WriteOptions } from '../../neutral/codec.ts'
import type { JsonObject } from '../parse-json.ts'

/** The shapes that embeddings have on the wire. */
export type EmbeddingsFormat = 'openai' | 'gemini' | 'vertex' | 'cohere' | 'bedrock-titan' | 'bedrock-cohere'

/** What the vectors are for; models that are told make better ones. */
export type EmbeddingsUse = 'query' | 'document' | 'classification' | 'clustering' | 'similarity'

/** A request for embeddings without a format. */
export type EmbeddingsRequest = {
  readonly from: EmbeddingsFormat
  readonly model: string
  /** Texts, or lists of token numbers, which only OpenAI's models take. */
  readonly inputs: readonly (string | readonly number[])[]
  /** False when the client gave one input outside a list. */
  readonly isList: boolean
  readonly dimensions?: number
  readonly encoding: 'float' | 'base64'
  readonly use?: EmbeddingsUse
  readonly title?: string
  /** Kinds of numbers that only Cohere has, such as "int8". */
  readonly otherTypes?: readonly string[]
  /** Fields that nothing above holds; written again for the same format. */
  readonly extra: JsonObject
}

/** Numbers, or base64 of 32-bit floats, little-endian. */
export type EmbeddingVector = readonly number[] | string

export type EmbeddingsAnswer = {
  readonly vectors: readonly EmbeddingVector[]
  readonly model: string
  readonly id: string
  /** Undefined when the provider tells no count. */
  readonly usage: Usage | undefined
}

/** One call to the provider: some take only so many inputs at once. */
export type EmbeddingsCall = {
  readonly body: JsonObject
  readonly inputs: number
  /** The last word of the path, where the format puts it there ("batchEmbedContents"). */
  readonly verb?: string
}

export type WrittenEmbeddings = {
  /** In the order of the inputs; see {@link joinEmbeddings}. */
  readonly calls: readonly EmbeddingsCall[]
  readonly dropped: readonly string[]
}

export type EmbeddingsWriteOptions = Pick<WriteOptions, 'model' | 'dropUnsupported'>

/** Header names are lower case, as undici gives them. */
export type AnswerHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/** Provider side of a format. Everything is pure, and no input is changed. */
export type EmbeddingsCodec = {
  readonly name: EmbeddingsFormat
  /** Throws `model_unsupported` naming what the provider lacks. */
  readonly writeRequest: (request: EmbeddingsRequest, options: EmbeddingsWriteOptions) => WrittenEmbeddings
  /** Undefined when the JSON is no answer of this format. */
  readonly readAnswer: (body: JsonObject, headers?: AnswerHeaders) => EmbeddingsAnswer | undefined
}

/** What the client side of a format needs to write an answer. */
export type EmbeddingsAnswerOptions = {
  readonly request: EmbeddingsRequest
  /** The name that the client asked for. */
  readonly model: string
  /** For answers whose provider gave none. */
  readonly id: string
}

/** Client side of a format. */
export type EmbeddingsClient = {
  /** Throws `validation_failed` with `details.param`. */
  readonly readRequest: (body: JsonObject, path: EmbeddingsPath) => EmbeddingsRequest
  readonly writeAnswer: (answer: EmbeddingsAnswer, options: EmbeddingsAnswerOptions) => JsonObject
}

/** What Gemini says in the path. */
export type EmbeddingsPath = { readonly model?: string; readonly verb?: string }

export function inputUsage(inputTokens: number | undefined): Usage | undefined {
  if (inputTokens === undefined) return undefined
  return { inputTokens, outputTokens: 0, cachedInputTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 }
}
