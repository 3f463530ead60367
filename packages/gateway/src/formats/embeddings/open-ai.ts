import { invalidField, quoteValue } from '../../neutral/errors/invalid-field.ts'
import { countField, objectField, objectsField, otherFields, textField } from '../../neutral/json-field.ts'
import { leaveOut } from '../../neutral/errors/unsupported.ts'
import type { JsonObject } from '../parse-json.ts'
import {
  inputUsage,
  type EmbeddingsAnswer,
  type EmbeddingsAnswerOptions,
  type EmbeddingsClient,
  type EmbeddingsCodec,
  type EmbeddingsRequest,
  type EmbeddingsUse,
  type EmbeddingsWriteOptions,
  type WrittenEmbeddings,
} from './embeddings.ts'
import { encodeVector, readVectors } from './vector-encoding.ts'

const known = new Set(['input', 'model', 'encoding_format', 'dimensions'])

/** Words of servers that speak OpenAI's format and ask what the vectors are for. */
const uses: ReadonlyMap<unknown, EmbeddingsUse> = new Map([
  ['query', 'query'],
  ['search_query', 'query'],
  ['retrieval.query', 'query'],
  ['document', 'document'],
  ['passage', 'document'],
  ['search_document', 'document'],
  ['retrieval.passage', 'document'],
  ['classification', 'classification'],
  ['clustering', 'clustering'],
  ['separation', 'clustering'],
  ['text-matching', 'similarity'],
])

function readRequest(body: JsonObject): EmbeddingsRequest {
  const { input, encoding_format: encoding } = body
  if (encoding !== undefined && encoding !== null && encoding !== 'float' && encoding !== 'base64') {
    const message = `"encoding_format" is ${quoteValue(encoding)}; give "float" or "base64".`
    throw invalidField('encoding_format', message)
  }
  const dimensions = readDimensions(body['dimensions'])
  const use = uses.get(body['input_type'] ?? body['task'])
  return {
    from: 'openai',
    model: textField(body, 'model') ?? '',
    ...readInputs(input),
    encoding: encoding === 'base64' ? 'base64' : 'float',
    ...(dimensions === undefined ? {} : { dimensions }),
    ...(use === undefined ? {} : { use }),
    extra: otherFields(body, known) ?? {},
  }
}

export function readDimensions(value: unknown, param = 'dimensions'): number | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value
  throw invalidField(param, `"${param}" is ${quoteValue(value)}; give a whole number from 1.`)
}

/** A text, a list of texts, a list of token numbers, or a list of such lists. */
function readInputs(input: unknown): Pick<EmbeddingsRequest, 'inputs' | 'isList'> {
  if (typeof input === 'string') return { inputs: [input], isList: false }
  if (!Array.isArray(input) || input.length === 0) {
    throw invalidField('input', `"input" is ${quoteValue(input)}; give a text or a list with at least one.`)
  }
  if (isTokens(input)) return { inputs: [input], isList: false }
  const list: readonly unknown[] = input
  return { inputs: list.map(readInput), isList: true }
}

function readInput(item: unknown, index: number): string | readonly number[] {
  if (typeof item === 'string' || isTokens(item)) return item
  const param = `input[${index}]`
  throw invalidField(param, `"${param}" is ${quoteValue(item)}; give a text or a list of token numbers.`)
}

function isTokens(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'number')
}

function writeRequest(request: EmbeddingsRequest, options: EmbeddingsWriteOptions): WrittenEmbeddings {
  const { inputs, isList, dimensions, encoding } = request
  const dropped: string[] = []
  if (request.otherTypes !== undefined) leaveOut({ dropped, options }, 'embedding_types')
  const body = {
    ...(request.from === 'openai' ? request.extra : undefined),
    model: options.model,
    input: isList ? inputs : inputs[0],
    encoding_format: encoding,
    ...(dimensions === undefined ? {} : { dimensions }),
  }
  return { calls: [{ body, inputs: inputs.length }], dropped }
}

function readAnswer(body: JsonObject): EmbeddingsAnswer | undefined {
  if (!Array.isArray(body['data'])) return undefined
  const items = objectsField(body, 'data')
  // Servers may send the vectors in any order; `index` tells which is whose.
  const ordered = items.every((item, at) => (item['index'] ?? at) === at)
    ? items
    : items.toSorted((one, other) => (countField(one, 'index') ?? 0) - (countField(other, 'index') ?? 0))
  const vectors = readVectors(ordered.map((item) => item['embedding']))
  const usage = objectField(body, 'usage') ?? {}
  return {
    vectors,
    model: textField(body, 'model') ?? '',
    id: textField(body, 'id') ?? '',
    usage: inputUsage(countField(usage, 'prompt_tokens') ?? countField(usage, 'total_tokens')),
  }
}

function writeAnswer(answer: EmbeddingsAnswer, { request, model }: EmbeddingsAnswerOptions): JsonObject {
  const tokens = answer.usage?.inputTokens ?? 0
  return {
    object: 'list',
    data: answer.vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: encodeVector(vector, request.encoding),
    })),
    model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  }
}

export const openAiEmbeddings: EmbeddingsCodec & EmbeddingsClient = {
  name: 'openai',
  readRequest,
  writeRequest,
  readAnswer,
  writeAnswer,
}
