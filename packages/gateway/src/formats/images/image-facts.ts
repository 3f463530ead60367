import type { Usage } from '@ratchet/contract'
import type { MeteredUsage } from '@ratchet/core/cost'
import { invalidField, quoteValue } from '../../neutral/errors/invalid-field.ts'
import { textField } from '../../neutral/json-field.ts'
import { isJsonObject, parseJsonOr, type JsonObject } from '../parse-json.ts'
import { readUsage } from '../read-usage.ts'
import { scanFields } from '../scan-fields.ts'

export type ImageRequest = {
  readonly model: string
  readonly prompt: string
  /** Pictures wanted; 1 when the client does not say. */
  readonly count: number
  /** As the client wrote it, such as "1024x1024"; empty for the model's own choice. */
  readonly size: string
  readonly quality: string
  readonly isStream: boolean
}

/** Reads a body of /v1/images/generations. Throws `validation_failed` naming the field. */
export function readImageRequest(body: JsonObject): ImageRequest {
  const { prompt, n } = body
  if (typeof prompt !== 'string' || prompt === '') {
    throw invalidField('prompt', `"prompt" is ${quoteValue(prompt)}; say what the picture should show.`)
  }
  const isCount = n === undefined || n === null || (typeof n === 'number' && Number.isInteger(n) && n > 0)
  if (!isCount) throw invalidField('n', `"n" is ${quoteValue(n)}; give a whole number from 1.`)
  return {
    model: textField(body, 'model') ?? '',
    prompt,
    count: typeof n === 'number' ? n : 1,
    size: textField(body, 'size') ?? '',
    quality: textField(body, 'quality') ?? '',
    isStream: body['stream'] === true,
  }
}

/** What a price is made of: pictures, their size and quality where the answer tells, and, for newer models, tokens. */
export type ImageFacts = {
  readonly count: number
  readonly size: string
  readonly quality: string
  readonly usage: Usage | undefined
}

/** What the pictures of an answer used; what the answer does not tell of them is what the client asked for. */
export function imageUsage({ count, size, quality, usage }: ImageFacts, request: JsonObject): MeteredUsage {
  const kind = [quality || textField(request, 'quality'), size || textField(request, 'size')]
  return {
    ...(usage === undefined ? noTokens : allDrawn(usage)),
    imageKind: kind.map((word) => (word === undefined || word === 'auto' ? '' : word)).join('/'),
    units: { images: count },
  }
}

const noTokens: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
}

/** Older answers do not take their output apart: it is pictures. */
function allDrawn(usage: Usage): Usage {
  const { imageOutputTokens = usage.outputTokens } = usage
  return imageOutputTokens === 0 ? usage : { ...usage, imageOutputTokens }
}

/** Pictures are most of such an answer; from this size on only what stands beside them is parsed. */
const parseLimitBytes = 64 * 1024

/** Undefined when the bytes are no answer with pictures. */
export function readImageAnswer(answer: Buffer): ImageFacts | undefined {
  if (answer.length > parseLimitBytes) return readLarge(answer)
  const json = parseJsonOr(answer.toString())
  if (!isJsonObject(json) || !Array.isArray(json['data'])) return undefined
  return { count: json['data'].length, ...factsOf(json) }
}

function factsOf(json: JsonObject): Omit<ImageFacts, 'count'> {
  return {
    size: textField(json, 'size') ?? '',
    quality: textField(json, 'quality') ?? '',
    usage: readUsage(json['usage']),
  }
}

function readLarge(answer: Buffer): ImageFacts | undefined {
  const beside: Record<string, unknown> = {}
  let count = -1
  scanFields(answer, (name, { start, end }) => {
    if (name === 'data') count = countPictures(answer.subarray(start, end))
    else if (end - start < parseLimitBytes) beside[name] = parseJsonOr(answer.toString('utf8', start, end))
  })
  return count < 0 ? undefined : { count, ...factsOf(beside) }
}

/** Neither base64 nor a text can hold this name with both its quotes unescaped. */
function countPictures(data: Buffer): number {
  let count = 0
  for (const name of ['"b64_json"', '"url"']) {
    for (let at = data.indexOf(name); at !== -1; at = data.indexOf(name, at + name.length)) count++
  }
  return count
}

/** What an event of a stream of pictures tells: a finished one has its usage. */
export function readImageEvent(event: JsonObject): ImageFacts | undefined {
  const type = textField(event, 'type')
  if (type !== 'image_generation.completed' && type !== 'image_edit.completed') return undefined
  return { count: 1, ...factsOf(event) }
}
