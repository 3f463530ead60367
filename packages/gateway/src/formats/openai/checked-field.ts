import { invalidField, quoteValue } from '../../neutral/errors/invalid-field.ts'
import { isJsonObject, type JsonObject } from '../parse-json.ts'

/** Fields of a client's request. `null` counts as absent; a value of another kind is `validation_failed`. */

export function numberOf(body: JsonObject, name: string, param = name): number | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number') return value
  throw invalidField(param, `"${param}" is ${quoteValue(value)}; give a number.`)
}

export function booleanOf(body: JsonObject, name: string, param = name): boolean | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'boolean') return value
  throw invalidField(param, `"${param}" is ${quoteValue(value)}; give true or false.`)
}

export function textOf(body: JsonObject, name: string, param = name): string | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  throw invalidField(param, `"${param}" is ${quoteValue(value)}; give a text.`)
}

export function objectOf(body: JsonObject, name: string, param = name): JsonObject | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  if (isJsonObject(value)) return value
  throw invalidField(param, `"${param}" is ${quoteValue(value)}; give an object.`)
}

export function listOf(body: JsonObject, name: string, param = name): readonly unknown[] | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value)) return value
  throw invalidField(param, `"${param}" is ${quoteValue(value)}; give a list.`)
}

/** The model that a request names. */
export function modelOf(body: JsonObject): string {
  const model = textOf(body, 'model')
  if (model !== undefined && model !== '') return model
  throw invalidField(
    'model',
    'The body has no "model"; name one, such as "offline/extractive". GET /v1/models lists them.',
  )
}
