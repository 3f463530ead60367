import type { Usage } from '@ratchet/contract'
import type { WriteOptions } from '../../neutral/codec.ts'
import type { JsonObject } from '../parse-json.ts'

/** The shapes of rerankers on the wire. Cohere's and Jina's clients differ little enough to be read alike. */
export type RerankFormat = 'cohere' | 'jina' | 'voyage'

/** A request to order documents by how well they answer a query. */
export type RerankRequest = {
  readonly model: string
  readonly query: string
  /** The text of each document, for rerankers that only take texts. */
  readonly texts: readonly string[]
  /** The documents as the client gave them: texts, or objects with a text. */
  readonly documents: readonly (string | JsonObject)[]
  /** How many of the best are wanted; all when absent. */
  readonly top?: number
  /** Documents are repeated in the answer; each format has another habit when it is not said. */
  readonly returnsDocuments?: boolean
  readonly maxTokensPerDocument?: number
  /** False: too long inputs are an error. */
  readonly truncates?: boolean
  readonly extra: JsonObject
}

export type RerankResult = { readonly index: number; readonly score: number }

export type RerankAnswer = {
  readonly id: string
  readonly model: string
  /** Best first. */
  readonly results: readonly RerankResult[]
  /** Undefined when the provider tells neither tokens nor searches. */
  readonly usage: Usage | undefined
  readonly searchUnits?: number
}

export type WrittenRerank = { readonly body: JsonObject; readonly dropped: readonly string[] }

export type RerankWriteOptions = Pick<WriteOptions, 'model' | 'dropUnsupported'>

/** Provider side of a format. */
export type RerankCodec = {
  readonly name: RerankFormat
  /** Throws `model_unsupported` naming what the provider lacks. */
  readonly writeRequest: (request: RerankRequest, options: RerankWriteOptions) => WrittenRerank
  /** Undefined when the JSON is no answer of this format. */
  readonly readAnswer: (body: JsonObject) => RerankAnswer | undefined
}
