import { invalidField } from '../../neutral/errors/invalid-field.ts'
import { countField, objectField, otherFields, textField } from '../../neutral/json-field.ts'
import { leaveOut } from '../../neutral/errors/unsupported.ts'
import type { JsonObject } from '../parse-json.ts'
import {
  inputUsage,
  type AnswerHeaders,
  type EmbeddingsAnswer,
  type EmbeddingsAnswerOptions,
  type EmbeddingsClient,
  type EmbeddingsCodec,
  type EmbeddingsRequest,
  type EmbeddingsUse,
  type EmbeddingsWriteOptions,
  type WrittenEmbeddings,
} from './embeddings.ts'
import { readDimensions } from './open-ai.ts'
import { splitInputs, textInputs } from './split-inputs.ts'
import { encodeVector, readVectors } from './vector-encoding.ts'

const maxInputs = 96

/** Cohere demands a use. Vectors of documents are what one gets elsewhere without asking. */
const inputTypes: Readonly<Record<EmbeddingsUse, string>> = {
  query: 'search_query',
  document: 'search_document',
  classification: 'classification',
  clustering: 'clustering',
  similarity: 'search_document',
}

const uses: ReadonlyMap<unknown, EmbeddingsUse> = new Map([
  ['search_query', 'query'],
  ['search_document', 'document'],
  ['classification', 'classification'],
  ['clustering', 'clustering'],
])

const known = new Set(['model', 'texts', 'input_type', 'embedding_types', 'output_dimension'])

/** A body of /v2/embed. Pictures (`images`, `inputs`) are between Cohere and its own clients. */
function readRequest(body: JsonObject): EmbeddingsRequest {
  const { texts } = body
  const isTexts = Array.isArray(texts) && texts.length > 0 && texts.every((text) => typeof text === 'string')
  if (!isTexts) throw invalidField('texts', '"texts" must be a list with at least one text.')
  const types = Array.isArray(body['embedding_types'])
    ? body['embedding_types'].filter((type) => typeof type === 'string')
    : ['float']
  const otherTypes = types.filter((type) => type !== 'float' && type !== 'base64')
  const dimensions = readDimensions(body['output_dimension'], 'output_dimension')
  const use = uses.get(body['input_type'])
  return {
    from: 'cohere',
    model: textField(body, 'model') ?? '',
    inputs: texts,
    isList: true,
    encoding: types.includes('base64') && !types.includes('float') ? 'base64' : 'float',
    ...(dimensions === undefined ? {} : { dimensions }),
    ...(use === undefined ? {} : { use }),
    ...(otherTypes.length === 0 ? {} : { otherTypes }),
    extra: otherFields(body, known) ?? {},
  }
}

function write(
  request: EmbeddingsRequest,
  options: EmbeddingsWriteOptions,
  format: 'cohere' | 'bedrock-cohere',
) {
  const dropped: string[] = []
  if (request.otherTypes !== undefined) leaveOut({ dropped, options }, 'embedding_types')
  const { dimensions, use = 'document' } = request
  // Bedrock knows no base64, and has the model in the path.
  const isBedrock = format === 'bedrock-cohere'
  const settings = {
    ...(request.from === 'cohere' ? request.extra : undefined),
    input_type: inputTypes[use],
    embedding_types: [isBedrock ? 'float' : request.encoding],
    ...(dimensions === undefined ? {} : { output_dimension: dimensions }),
  }
  const calls = splitInputs(textInputs(request, options.model), maxInputs).map((texts) => ({
    body: { ...(isBedrock ? {} : { model: options.model }), texts, ...settings },
    inputs: texts.length,
  }))
  return { calls, dropped }
}

/** Vectors stand in a list of their kind, or, in the older shape, in the list itself. */
function findVectors(body: JsonObject): readonly unknown[] | undefined {
  const embeddings = body['embeddings']
  const kinds = objectField(body, 'embeddings')
  const list = Array.isArray(embeddings) ? embeddings : (kinds?.['float'] ?? kinds?.['base64'])
  return Array.isArray(list) ? list : undefined
}

function readAnswer(body: JsonObject, headers: AnswerHeaders = {}): EmbeddingsAnswer | undefined {
  const list = findVectors(body)
  if (list === undefined) return undefined
  const billed = objectField(objectField(body, 'meta') ?? {}, 'billed_units') ?? {}
  const told = Number(headers['x-amzn-bedrock-input-token-count'] ?? Number.NaN)
  const tokens = countField(billed, 'input_tokens') ?? (Number.isInteger(told) ? told : undefined)
  return { vectors: readVectors(list), model: '', id: textField(body, 'id') ?? '', usage: inputUsage(tokens) }
}

function writeAnswer(answer: EmbeddingsAnswer, { request, id }: EmbeddingsAnswerOptions): JsonObject {
  const vectors = answer.vectors.map((vector) => encodeVector(vector, request.encoding))
  const tokens = answer.usage?.inputTokens ?? 0
  return {
    id: answer.id === '' ? id : answer.id,
    embeddings: { [request.encoding]: vectors },
    texts: request.inputs,
    response_type: 'embeddings_by_type',
    meta: { api_version: { version: '2' }, billed_units: { input_tokens: tokens } },
  }
}

export const cohereEmbeddings: EmbeddingsCodec & EmbeddingsClient = {
  name: 'cohere',
  readRequest,
  writeRequest: (request, options): WrittenEmbeddings => write(request, options, 'cohere'),
  readAnswer,
  writeAnswer,
}

/** Cohere's models on Bedrock: the same body without model, and the count of tokens in a header. */
export const bedrockCohereEmbeddings: EmbeddingsCodec = {
  name: 'bedrock-cohere',
  writeRequest: (request, options): WrittenEmbeddings => write(request, options, 'bedrock-cohere'),
  readAnswer,
}
