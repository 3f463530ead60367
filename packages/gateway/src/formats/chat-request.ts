import { AppError } from '@ratchet/contract'
import { quoteValue } from '../neutral/errors/invalid-field.ts'
import { readLazily } from './lazy-json.ts'
import { isJsonObject, parseRequestJson, type JsonObject } from './parse-json.ts'
import { isFilledList, scanFields, type ByteRange } from './scan-fields.ts'
import { spliceBody, type Splice } from './splice-body.ts'

/** What distinguishes the bodies of one API from those of others, as far as passing them on concerns it. */
export type RequestShape = {
  /** Where the question stands, and what goes before it. */
  readonly inputField: FieldName
  readonly systemField?: FieldName
  /** Gemini says these in the path. */
  readonly path?: { readonly model: string; readonly isStream: boolean }
  /** For APIs whose clients may leave the choice to us. */
  readonly defaultModel?: string
}

/** A request body: parsed for what we need to know, and the bytes to pass on. */
export type ModelRequest = {
  readonly shape: RequestShape
  readonly body: Buffer
  /** Large values of a large body are parsed when they are read, which may throw `invalid_json`. */
  readonly json: JsonObject
  readonly model: string
  readonly isStream: boolean
  /** The caller asked for the usage chunk of a stream. */
  readonly wantsUsage: boolean
  /** Where the fields we read or change stand in the body. */
  readonly fields: FieldRanges
}

export type FieldName =
  | 'model'
  | 'stream'
  | 'stream_options'
  | 'messages'
  | 'input'
  | 'system'
  | 'instructions'
  | 'contents'
  | 'systemInstruction'
  | 'content'
  | 'requests'
  | 'query'
  | 'documents'
  | 'prompt'
type FieldRanges = Record<FieldName, ByteRange | undefined>

/** Ranges to fill in; every body has all, so that they are objects of one shape. */
export function noFields(): FieldRanges {
  return {
    model: undefined,
    stream: undefined,
    stream_options: undefined,
    messages: undefined,
    input: undefined,
    system: undefined,
    instructions: undefined,
    contents: undefined,
    systemInstruction: undefined,
    content: undefined,
    requests: undefined,
    query: undefined,
    documents: undefined,
    prompt: undefined,
  }
}

function isWatched(name: string, { inputField, systemField }: RequestShape): name is FieldName {
  return (
    name === 'model' ||
    name === 'stream' ||
    name === 'stream_options' ||
    name === inputField ||
    name === systemField
  )
}

const longestModel = 300
/** From here on a body is worth not to be parsed and copied. */
const largeBytes = 64 * 1024

/** Reads a body. Throws `invalid_json`, or `validation_failed` naming the field that is missing or wrong. */
export function readModelRequest(body: Buffer, shape: RequestShape): ModelRequest {
  const json = (body.length >= largeBytes ? readLazily(body) : undefined) ?? parseRequestJson(body)
  const fields = noFields()
  scanFields(body, (name, range) => {
    if (!isWatched(name, shape)) return
    // Parsers differ in which of two they believe, so we could account for one model and pay for another.
    if (fields[name] !== undefined) throw invalid(name, `The body has "${name}" twice; give it once.`)
    fields[name] = range
  })
  const model = shape.path === undefined ? (json['model'] ?? shape.defaultModel) : shape.path.model
  if (model !== undefined && model !== null && typeof model !== 'string') {
    throw invalid('model', `"model" is ${quoteValue(model)}; give a text, such as "offline/extractive".`)
  }
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
  const stream = shape.path === undefined ? json['stream'] : shape.path.isStream
  if (stream !== undefined && stream !== null && typeof stream !== 'boolean') {
    throw invalid('stream', `"stream" is ${quoteValue(stream)}; give true or false.`)
  }
  const options = json['stream_options']
  return {
    shape,
    body,
    json,
    model,
    isStream: stream === true,
    wantsUsage: isJsonObject(options) && options['include_usage'] === true,
    fields,
  }
}

/** Refuses a chat request whose messages are no list; everything finer is the provider's to judge. */
export function checkMessages({ body, fields: { messages } }: ModelRequest): void {
  if (messages !== undefined && isFilledList(body, messages)) return
  throw invalid(
    'messages',
    'The body has no "messages"; give a list with at least one, such as [{"role":"user","content":"Hello"}].',
  )
}

/** What the client asks, as JSON the way it was written; with what goes before it when that stands apart. */
export function inputBytes({ body, fields, shape }: ModelRequest): Buffer {
  const input = fields[shape.inputField]
  const system = shape.systemField === undefined ? undefined : fields[shape.systemField]
  const asked = input === undefined ? noBytes : body.subarray(input.start, input.end)
  if (system === undefined || shape.systemField === undefined) return asked
  return Buffer.concat([
    Buffer.from(`{"${shape.systemField}":`),
    body.subarray(system.start, system.end),
    Buffer.from(`,"${shape.inputField}":${asked.length === 0 ? 'null' : ''}`),
    asked,
    closingBrace,
  ])
}

const noBytes = Buffer.alloc(0)
const closingBrace = Buffer.from('}')

/** The same as text. */
export function inputText(request: ModelRequest): string {
  return inputBytes(request).toString()
}

/**
 * The bytes for the provider: the client's, with its own name for the model, and for streams with the order
 * to report usage. Everything else, known to us or not, passes as it came.
 */
export function forwardBody(request: ModelRequest, model: string, asksForUsage: boolean): Buffer {
  const modelRange = request.fields.model
  if (modelRange === undefined)
    return request.shape.path === undefined ? withModel(request, model) : request.body
  const splices: Splice[] = []
  if (model !== request.model) splices.push({ ...modelRange, text: JSON.stringify(model) })
  if (request.isStream && !request.wantsUsage && request.shape.inputField === 'messages' && asksForUsage) {
    const options = request.json['stream_options']
    const range = request.fields.stream_options
    const value = JSON.stringify({ ...(isJsonObject(options) ? options : {}), include_usage: true })
    if (range !== undefined) splices.push({ ...range, text: value })
    else splices.push({ start: modelRange.end, end: modelRange.end, text: `,"stream_options":${value}` })
  }
  const [only] = splices
  if (only === undefined) return request.body
  if (splices.length === 1 && request.body.length >= largeBytes && replaceInPlace(request.body, only))
    return request.body
  return spliceBody(request.body, splices)
}

const changed = new WeakSet<Buffer>()

/**
 * Writes a shorter text over a longer one, with blanks after it, which JSON allows there: a large body is not copied for
 * the name of its model. Only the first attempt may, because its bytes may still be on their way when others begin.
 */
function replaceInPlace(body: Buffer, { start, end, text }: Splice): boolean {
  if (changed.has(body) || Buffer.byteLength(text) > end - start) return false
  changed.add(body)
  body.fill(space, start + body.write(text, start), end)
  return true
}

const space = 0x20

/** For a client that left the choice to us. */
function withModel({ body }: ModelRequest, model: string): Buffer {
  const start = body.indexOf('{') + 1
  return spliceBody(body, [{ start, end: start, text: `"model":${JSON.stringify(model)},` }])
}

function invalid(param: string, message: string): AppError {
  return new AppError('validation_failed', { message, details: { param } })
}
