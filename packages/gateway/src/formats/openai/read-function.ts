import { invalidField, quoteValue } from '../../neutral/errors/invalid-field.ts'
import { textField } from '../../neutral/json-field.ts'
import type { FunctionTool } from '../../neutral/neutral-request.ts'
import { isJsonObject, type JsonObject } from '../parse-json.ts'
import { readCacheMark } from './cache-mark.ts'

type FunctionPlace = {
  /** The tool. */
  readonly param: string
  /** The fields within it, `function.` where they stand apart. */
  readonly within: string
  readonly extra: JsonObject | undefined
}

/** A function from the fields that name it; `tool` may bear a mark for the cache. */
export function readFunction(
  tool: JsonObject,
  named: JsonObject,
  { param, within, extra }: FunctionPlace,
): FunctionTool {
  const name = textField(named, 'name')
  if (name === undefined || name === '')
    throw invalidField(`${param}.${within}name`, `"${param}" has no "${within}name".`)
  const schema = named['parameters']
  if (schema !== undefined && schema !== null && !isJsonObject(schema)) {
    const field = `${param}.${within}parameters`
    throw invalidField(field, `"${field}" is ${quoteValue(schema)}; give a JSON schema.`)
  }
  const description = textField(named, 'description')
  const cache = readCacheMark(tool)
  return {
    kind: 'function',
    name,
    ...(description === undefined ? {} : { description }),
    ...(isJsonObject(schema) ? { schema } : {}),
    ...(typeof named['strict'] === 'boolean' ? { isStrict: named['strict'] } : {}),
    ...(cache === undefined ? {} : { cache }),
    ...(extra === undefined ? {} : { extra }),
  }
}
