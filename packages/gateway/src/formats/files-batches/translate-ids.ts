import { invalidField, quoteValue } from '../../neutral/errors/invalid-field.ts'
import { isJsonObject, type JsonObject } from '../parse-json.ts'
import { decodeForeignId, encodeForeignId } from './foreign-id.ts'

/** Fields of files, uploads, batches and their lists that hold an id of the provider's. */
const idFields: ReadonlySet<string> = new Set([
  'id',
  'input_file_id',
  'output_file_id',
  'error_file_id',
  'upload_id',
  'first_id',
  'last_id',
])

/** Fields that hold such an object, or a list of them. */
const innerFields: ReadonlySet<string> = new Set(['data', 'file'])

/** An answer about files or batches with every id as clients of this connection get it. */
export function encodeIds(answer: JsonObject, connection: string): JsonObject {
  const result: Record<string, unknown> = {}
  for (const name in answer) {
    const value = answer[name]
    if (typeof value === 'string' && idFields.has(name)) result[name] = encodeForeignId(connection, value)
    else result[name] = innerFields.has(name) ? encodeInner(value, connection) : value
  }
  return result
}

function encodeInner(value: unknown, connection: string): unknown {
  if (Array.isArray(value)) return value.map((item) => encodeInner(item, connection))
  return isJsonObject(value) ? encodeIds(value, connection) : value
}

/** Fields of requests that name files or parts of an upload. */
const requestFields = ['input_file_id', 'part_ids'] as const

export type DecodedRequest = {
  readonly body: JsonObject
  /** Undefined when the body names no id of ours. */
  readonly connection: string | undefined
}

/**
 * A request about files or batches with the provider's own ids. Throws `validation_failed` when its ids belong to
 * several connections, or when an id is none that a client got from us.
 */
export function decodeIds(body: JsonObject): DecodedRequest {
  let connection: string | undefined
  const decode = (value: unknown, param: string): string => {
    const found = typeof value === 'string' ? decodeForeignId(value) : undefined
    if (found === undefined) {
      throw invalidField(param, `"${param}" is ${quoteValue(value)}, which is no id that you got from here.`)
    }
    if (connection !== undefined && connection !== found.connection) {
      const both = `"${connection}" and "${found.connection}"`
      throw invalidField(param, `"${param}" belongs to another connection than the rest: ${both}.`)
    }
    connection = found.connection
    return found.id
  }
  const decoded: Record<string, unknown> = { ...body }
  for (const name of requestFields) {
    const value = body[name]
    if (value === undefined || value === null) continue
    decoded[name] = Array.isArray(value)
      ? value.map((item: unknown, index) => decode(item, `${name}[${index}]`))
      : decode(value, name)
  }
  return { body: decoded, connection }
}
