import { AppError } from '@ratchet/contract'
import { estimateTokens } from '@ratchet/core/offline'
import { embeddingDimensions, embedText } from '@ratchet/core/retrieval'
import type { JsonObject } from '../formats/parse-json.ts'

/** An embeddings answer in OpenAI's format, and what it took. */
export type OfflineEmbeddings = {
  readonly answer: object
  readonly vectors: number
  readonly inputTokens: number
}

const inputLimit = 2048

/** `offline/embedding`: feature hashing, not a language model. Throws `validation_failed` or `model_unsupported`. */
export function embedOffline(json: JsonObject, modelName: string): OfflineEmbeddings {
  const texts = readTexts(json['input'])
  checkDimensions(json['dimensions'])
  const isBase64 = readEncoding(json['encoding_format'])
  const inputTokens = texts.reduce((sum, text) => sum + estimateTokens(text), 0)
  const data = texts.map((text, index) => {
    const vector = embedText(text)
    return { object: 'embedding', index, embedding: isBase64 ? toBase64(vector) : [...vector] }
  })
  const usage = { prompt_tokens: inputTokens, total_tokens: inputTokens }
  return { answer: { object: 'list', data, model: modelName, usage }, vectors: texts.length, inputTokens }
}

function readTexts(input: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(input) ? input : [input]
  const texts = list.filter((text) => typeof text === 'string')
  if (texts.length === list.length && texts.length > 0 && texts.length <= inputLimit) return texts
  throw new AppError('validation_failed', {
    message: `"input" must be a text or a list of 1 to ${inputLimit} texts; offline/embedding takes no token numbers.`,
    details: { param: 'input' },
  })
}

function checkDimensions(value: unknown): void {
  if (value === undefined || value === null || value === embeddingDimensions) return
  throw new AppError('model_unsupported', {
    message: `offline/embedding has ${embeddingDimensions} dimensions and no others; leave "dimensions" out.`,
    details: { param: 'dimensions' },
  })
}

function readEncoding(value: unknown): boolean {
  if (value === undefined || value === null || value === 'float') return false
  if (value === 'base64') return true
  throw new AppError('validation_failed', {
    message: `"encoding_format" is ${JSON.stringify(value)}; give "float" or "base64".`,
    details: { param: 'encoding_format' },
  })
}

/** Little-endian 32-bit floats, which is what clients expect behind `base64`. */
function toBase64(vector: Float32Array<ArrayBuffer>): string {
  const bytes = Buffer.alloc(vector.length * 4)
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4)
  return bytes.toString('base64')
}
