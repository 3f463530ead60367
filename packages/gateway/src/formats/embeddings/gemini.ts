import { invalidField } from '../../neutral/errors/invalid-field.ts'
import { otherFields } from '../../neutral/json-field.ts'
import { leaveOut } from '../../neutral/errors/unsupported.ts'
import {
  bothSpellings,
  field,
  numberField,
  objectField,
  objectsField,
  textField,
} from '../gemini/read-field.ts'
import { isJsonObject, type JsonObject } from '../parse-json.ts'
import {
  inputUsage,
  type EmbeddingsAnswer,
  type EmbeddingsAnswerOptions,
  type EmbeddingsClient,
  type EmbeddingsCodec,
  type EmbeddingsPath,
  type EmbeddingsRequest,
  type EmbeddingsUse,
  type EmbeddingsWriteOptions,
  type WrittenEmbeddings,
} from './embeddings.ts'
import { readDimensions } from './open-ai.ts'
import { splitInputs, textInputs } from './split-inputs.ts'
import { encodeVector, readVectors } from './vector-encoding.ts'

const maxInputs = 100

export const taskTypes: Readonly<Record<EmbeddingsUse, string>> = {
  query: 'RETRIEVAL_QUERY',
  document: 'RETRIEVAL_DOCUMENT',
  classification: 'CLASSIFICATION',
  clustering: 'CLUSTERING',
  similarity: 'SEMANTIC_SIMILARITY',
}

const known = bothSpellings('model', 'content', 'taskType', 'title', 'outputDimensionality', 'requests')

/** Bodies of embedContent (one content) and batchEmbedContents (a list of such bodies). */
function readRequest(body: JsonObject, path: EmbeddingsPath): EmbeddingsRequest {
  const isList = path.verb === undefined ? body['requests'] !== undefined : path.verb === 'batchEmbedContents'
  const requests = isList ? objectsField(body, 'requests') : [body]
  const [first] = requests
  if (first === undefined) {
    throw invalidField('requests', 'The body has no "requests"; give a list with at least one.')
  }
  const inputs = requests.map((request, index) => readContent(request, isList ? `requests[${index}].` : ''))
  const dimensions = readDimensions(field(first, 'outputDimensionality'), 'outputDimensionality')
  const taskType = textField(first, 'taskType')
  const use = (Object.keys(taskTypes) as EmbeddingsUse[]).find((word) => taskTypes[word] === taskType)
  const title = textField(first, 'title')
  return {
    from: 'gemini',
    model: path.model ?? (textField(first, 'model') ?? '').replace(/^models\//, ''),
    inputs,
    isList,
    encoding: 'float',
    ...(dimensions === undefined ? {} : { dimensions }),
    ...(use === undefined ? {} : { use }),
    ...(title === undefined ? {} : { title }),
    extra: otherFields(first, known) ?? {},
  }
}

function readContent(request: JsonObject, at: string): string {
  const content = field(request, 'content')
  if (typeof content === 'string') return content
  const parts = isJsonObject(content) ? objectsField(content, 'parts') : []
  const texts = parts.flatMap((part) => textField(part, 'text') ?? [])
  if (parts.length > 0 && texts.length === parts.length) return texts.join('\n')
  const param = `${at}content`
  throw invalidField(param, `"${param}" must have texts, such as {"parts":[{"text":"Hello"}]}.`)
}

/** Always a batch for a list; the model has to stand in every request of it. */
function writeRequest(request: EmbeddingsRequest, options: EmbeddingsWriteOptions): WrittenEmbeddings {
  const dropped: string[] = []
  if (request.otherTypes !== undefined) leaveOut({ dropped, options }, 'embedding_types')
  const { dimensions, use, title } = request
  const settings = {
    ...(request.from === 'gemini' ? request.extra : undefined),
    ...(use === undefined ? {} : { taskType: taskTypes[use] }),
    ...(title === undefined ? {} : { title }),
    ...(dimensions === undefined ? {} : { outputDimensionality: dimensions }),
  }
  const texts = textInputs(request, options.model)
  const one = (text: string) => ({
    model: `models/${options.model}`,
    content: { parts: [{ text }] },
    ...settings,
  })
  if (!request.isList) {
    return { calls: texts.map((text) => ({ body: one(text), inputs: 1, verb: 'embedContent' })), dropped }
  }
  const calls = splitInputs(texts, maxInputs).map((part) => ({
    body: { requests: part.map(one) },
    inputs: part.length,
    verb: 'batchEmbedContents',
  }))
  return { calls, dropped }
}

function readAnswer(body: JsonObject): EmbeddingsAnswer | undefined {
  const single = objectField(body, 'embedding')
  const list = field(body, 'embeddings')
  if (single === undefined && !Array.isArray(list)) return undefined
  const embeddings = single === undefined ? objectsField(body, 'embeddings') : [single]
  const vectors = readVectors(embeddings.map((embedding) => embedding['values']))
  const usage = objectField(body, 'usageMetadata')
  return {
    vectors,
    model: '',
    id: '',
    usage: inputUsage(usage === undefined ? undefined : numberField(usage, 'promptTokenCount')),
  }
}

function writeAnswer(answer: EmbeddingsAnswer, { request }: EmbeddingsAnswerOptions): JsonObject {
  const embeddings = answer.vectors.map((vector) => ({ values: encodeVector(vector, 'float') }))
  const tokens = answer.usage?.inputTokens
  const usage =
    tokens === undefined ? {} : { usageMetadata: { promptTokenCount: tokens, totalTokenCount: tokens } }
  return { ...(request.isList ? { embeddings } : { embedding: embeddings[0] }), ...usage }
}

export const geminiEmbeddings: EmbeddingsCodec & EmbeddingsClient = {
  name: 'gemini',
  readRequest,
  writeRequest,
  readAnswer,
  writeAnswer,
}
