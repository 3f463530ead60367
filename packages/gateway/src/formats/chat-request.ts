import { AppError } from '@ratchet/contract'
import { isJsonObject, parseRequestJson, type JsonObject } from './parse-json.ts'
import { scanFields, type ByteRange } from './scan-fields.ts'
import { spliceBody, type Splice } from './splice-body.ts'

/** A request body in OpenAI's format: parsed for what we need to know, and the bytes to pass on. */
export type ModelRequest = {
  readonly body: Buffer
  readonly json: JsonObject
  readonly model: string
  readonly isStream: boolean
  /** The caller asked for the usage chunk of a stream. */
  readonly wantsUsage: boolean
  /** Where the fields we read or change stand in the body. */
  readonly fields: FieldRanges
}

type FieldName = 'model' | 'stream' | 'stream_options' | 'messages' | 'input'
type FieldRanges = Record<FieldName, ByteRange | undefined>

function isWatched(name: string): name is FieldName {
  return (
    name === 'model' ||
    name === 'messages' ||
    name === 'stream' ||
    name === 'stream_options' ||
    name === 'input'
  )
}

const longestModel = 300

/** Reads a body. Throws `invalid_json`, or `validation_failed` naming the field that is missing or wrong. */
export function readModelRequest(body: Buffer): ModelRequest {
  const json = parseRequestJson(body)
  const fields: FieldRanges = {
    model: undefined,
    stream: undefined,
    stream_options: undefined,
    messages: undefined,
    input: undefined,
  }
  scanFields(body, (name, range) => {
    if (!isWatched(name)) return
    // Parsers differ in which of two they believe, so we could account for one model and pay for another.
    if (fields[name] !== undefined) throw invalid(name, `The body has "${name}" twice; give it once.`)
    fields[name] = range
  })
  const model = json['model']
  if (typeof model !== 'string' || model === '') {
    throw invalid(
      'model',
      'The body has no "model"; name one, such as "offline/extractive". GET /v1/models lists them.',
    )
  }
  if (model.length > longestModel) {
    const message = `The "model" has ${model.length} characters; names have at most ${longestModel}.`
    throw invalid('model', message)
  }
  const stream = json['stream']
  if (stream !== undefined && stream !== null && typeof stream !== 'boolean') {
    throw invalid('stream', `"stream" is ${JSON.stringify(stream)}; give true or false.`)
  }
  const options = json['stream_options']
  return {
    body,
    json,
    model,
    isStream: stream === true,
    wantsUsage: isJsonObject(options) && options['include_usage'] === true,
    fields,
  }
}

/** Refuses a chat request whose messages are no list; everything finer is the provider's to judge. */
export function checkMessages(request: ModelRequest): void {
  const messages = request.json['messages']
  if (Array.isArray(messages) && messages.length > 0) return
  throw invalid(
    'messages',
    'The body has no "messages"; give a list with at least one, such as [{"role":"user","content":"Hello"}].',
  )
}

/** The JSON text of a field as the client wrote it; empty when the body does not have it. */
export function fieldText(request: ModelRequest, name: 'messages' | 'input'): string {
  const range = request.fields[name]
  return range === undefined ? '' : request.body.toString('utf8', range.start, range.end)
}

/**
 * The bytes for the provider: the client's, with its own name for the model, and for streams with the order
 * to report usage. Everything else, known to us or not, passes as it came.
 */
export function forwardBody(request: ModelRequest, model: string): Buffer {
  const splices: Splice[] = []
  const modelRange = request.fields.model
  if (modelRange === undefined) return request.body
  if (model !== request.model) splices.push({ ...modelRange, text: JSON.stringify(model) })
  if (request.isStream && !request.wantsUsage) {
    const options = request.json['stream_options']
    const range = request.fields.stream_options
    const value = JSON.stringify({ ...(isJsonObject(options) ? options : {}), include_usage: true })
    if (range !== undefined) splices.push({ ...range, text: value })
    else splices.push({ start: modelRange.end, end: modelRange.end, text: `,"stream_options":${value}` })
  }
  return splices.length === 0 ? request.body : spliceBody(request.body, splices)
}

function invalid(param: string, message: string): AppError {
  return new AppError('validation_failed', { message, details: { param } })
}
