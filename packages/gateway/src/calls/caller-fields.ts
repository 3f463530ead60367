import { isJsonObject, parseJsonOr, type JsonObject } from '../formats/parse-json.ts'

/** Fields of a request that some providers repeat in their answer, and that say who asked, not what. */
const callerFields = [
  'previous_response_id',
  'metadata',
  'user',
  'safety_identifier',
  'prompt_cache_key',
  'prompt_cache_retention',
] as const

/** The answer without what it repeats of its caller, who may not be the next one to get it; the same object when it repeats nothing. */
export function withoutCallerFields(answer: JsonObject): JsonObject {
  const said = callerFields.filter((name) => isSaid(answer[name]))
  if (said.length === 0) return answer
  return { ...answer, ...Object.fromEntries(said.map((name) => [name, name === 'metadata' ? {} : null])) }
}

/** A kept answer of the Responses API as it would have come to this caller; `own` goes before what the request says. */
export function withCallerFields(body: Buffer, request: JsonObject, own: JsonObject = {}): Buffer {
  const said = callerFields.filter((name) => isSaid(request[name])).map((name) => [name, request[name]])
  const json = parseJsonOr(body.toString())
  if (!isJsonObject(json)) return body
  return Buffer.from(JSON.stringify({ ...json, ...Object.fromEntries(said), ...own }))
}

function isSaid(value: unknown): boolean {
  if (value === undefined || value === null) return false
  return !isJsonObject(value) || Object.keys(value).length > 0
}
