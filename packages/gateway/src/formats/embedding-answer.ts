import type { AnswerFacts } from './chat-answer.ts'
import { isJsonObject, parseJsonOr } from './parse-json.ts'
import { readUsage } from './read-usage.ts'
import { scanFields } from './scan-fields.ts'

/** Vectors are most of such an answer; from this size on only its usage is parsed. */
const parseLimitBytes = 64 * 1024

/** Reads usage and size of an embeddings answer. Undefined when it is no JSON object with `data`. */
export function readEmbeddingAnswer(answer: Buffer): AnswerFacts | undefined {
  if (answer.length > parseLimitBytes) return readLarge(answer)
  const json = parseJsonOr(answer.toString())
  if (!isJsonObject(json) || !Array.isArray(json['data'])) return undefined
  const [first] = json['data']
  const vector: unknown = isJsonObject(first) ? first['embedding'] : undefined
  const dimensions = Array.isArray(vector) ? { dimensions: vector.length } : {}
  const output = JSON.stringify({ vectors: json['data'].length, ...dimensions })
  return { output, finishReason: '', usage: readUsage(json['usage']) }
}

function readLarge(answer: Buffer): AnswerFacts | undefined {
  let usage: unknown
  let hasData = false
  try {
    scanFields(answer, (name, { start, end }) => {
      if (name === 'usage') usage = parseJsonOr(answer.toString('utf8', start, end))
      if (name === 'data') hasData = true
    })
  } catch {
    // Not the JSON that scanning takes for granted.
    return undefined
  }
  if (!hasData) return undefined
  return { output: JSON.stringify({ bytes: answer.length }), finishReason: '', usage: readUsage(usage) }
}
