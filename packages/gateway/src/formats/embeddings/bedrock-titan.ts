import { countField, objectField } from '../../neutral/json-field.ts'
import { leaveOut } from '../../neutral/errors/unsupported.ts'
import type { JsonObject } from '../parse-json.ts'
import {
  inputUsage,
  type EmbeddingsAnswer,
  type EmbeddingsCodec,
  type EmbeddingsRequest,
  type EmbeddingsWriteOptions,
  type WrittenEmbeddings,
} from './embeddings.ts'
import { textInputs } from './split-inputs.ts'
import { readVector } from './vector-encoding.ts'

/** Titan takes one text in each call. The first generation has no other field. */
function writeRequest(request: EmbeddingsRequest, options: EmbeddingsWriteOptions): WrittenEmbeddings {
  const dropped: string[] = []
  if (request.otherTypes !== undefined) leaveOut({ dropped, options }, 'embedding_types')
  const isFirst = options.model.includes('titan-embed-text-v1')
  if (request.dimensions !== undefined && isFirst) leaveOut({ dropped, options }, 'dimensions')
  const size = request.dimensions === undefined || isFirst ? {} : { dimensions: request.dimensions }
  const calls = textInputs(request, options.model).map((inputText) => ({
    body: { inputText, ...size },
    inputs: 1,
  }))
  return { calls, dropped }
}

function readAnswer(body: JsonObject): EmbeddingsAnswer | undefined {
  const vector = readVector(body['embedding'] ?? objectField(body, 'embeddingsByType')?.['float'])
  if (vector === undefined) return undefined
  return { vectors: [vector], model: '', id: '', usage: inputUsage(countField(body, 'inputTextTokenCount')) }
}

export const bedrockTitanEmbeddings: EmbeddingsCodec = { name: 'bedrock-titan', writeRequest, readAnswer }
