import { leaveOut } from '../../neutral/errors/unsupported.ts'
import { numberField, objectField, objectsField } from '../gemini/read-field.ts'
import type { JsonObject } from '../parse-json.ts'
import {
  inputUsage,
  type EmbeddingsAnswer,
  type EmbeddingsCodec,
  type EmbeddingsRequest,
  type EmbeddingsWriteOptions,
  type WrittenEmbeddings,
} from './embeddings.ts'
import { geminiEmbeddings, taskTypes } from './gemini.ts'
import { splitInputs, textInputs } from './split-inputs.ts'
import { readVectors } from './vector-encoding.ts'

const maxInstances = 250

/** Newer models on Vertex take one content in `embedContent`; older ones a list in `predict`. */
function takesContent(model: string): boolean {
  return (model.includes('gemini') && !model.endsWith('gemini-embedding-001')) || model.includes('maas')
}

function writeRequest(request: EmbeddingsRequest, options: EmbeddingsWriteOptions): WrittenEmbeddings {
  const dropped: string[] = []
  if (request.otherTypes !== undefined) leaveOut({ dropped, options }, 'embedding_types')
  const texts = textInputs(request, options.model)
  const { dimensions, use, title } = request
  const size = dimensions === undefined ? {} : { outputDimensionality: dimensions }
  const named = title === undefined ? {} : { title }
  if (takesContent(options.model)) {
    const config = { ...(use === undefined ? {} : { taskType: taskTypes[use] }), ...named, ...size }
    const rest = Object.keys(config).length === 0 ? {} : { embedContentConfig: config }
    const calls = texts.map((text) => ({
      body: { content: { parts: [{ text }] }, ...rest },
      inputs: 1,
      verb: 'embedContent',
    }))
    return { calls, dropped }
  }
  // This one model of the older kind takes a single instance.
  const limit = options.model.includes('gemini') ? 1 : maxInstances
  const task = use === undefined ? {} : { task_type: taskTypes[use] }
  const calls = splitInputs(texts, limit).map((part) => ({
    body: {
      instances: part.map((content) => ({ content, ...task, ...named })),
      ...(dimensions === undefined ? {} : { parameters: size }),
    },
    inputs: part.length,
    verb: 'predict',
  }))
  return { calls, dropped }
}

function readAnswer(body: JsonObject): EmbeddingsAnswer | undefined {
  if (!Array.isArray(body['predictions'])) return geminiEmbeddings.readAnswer(body)
  const embeddings = objectsField(body, 'predictions').map(
    (prediction) => objectField(prediction, 'embeddings') ?? {},
  )
  let tokens: number | undefined
  for (const embedding of embeddings) {
    const count = numberField(objectField(embedding, 'statistics') ?? {}, 'tokenCount')
    if (count !== undefined) tokens = (tokens ?? 0) + count
  }
  return {
    vectors: readVectors(embeddings.map((embedding) => embedding['values'])),
    model: '',
    id: '',
    usage: inputUsage(tokens),
  }
}

export const vertexEmbeddings: EmbeddingsCodec = { name: 'vertex', writeRequest, readAnswer }
