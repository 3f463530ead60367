import { isJsonObject, parseJsonOr, type JsonObject } from '../../formats/parse-json.ts'

const noArguments: JsonObject = {}

/**
 * The arguments of a call as an object, for formats that want one. No text at all and `null` are no arguments;
 * undefined when the text is broken or no object, which a model may well write.
 */
export function parseArguments(text: string): JsonObject | undefined {
  if (text === '' || text === '{}') return noArguments
  const value = parseJsonOr(text)
  if (isJsonObject(value)) return value
  return value === null || text.trim() === '' ? noArguments : undefined
}
