import { isJsonObject, parseJsonOr, type JsonObject } from '../formats/parse-json.ts'

/**
 * A response that a later request may continue: `kept` by the gateway, with what was asked and answered, or `native`,
 * which its provider keeps and only the connection is remembered.
 */
export type StoredResponse =
  | {
      readonly kind: 'kept'
      readonly id: string
      /** The response that this one continues. */
      readonly previous?: string
      /** Items of this request alone. */
      readonly input: readonly JsonObject[]
      /** As the client got it. */
      readonly response: JsonObject
    }
  | { readonly kind: 'native'; readonly id: string; readonly connection: string }

/** Undefined for a text that is none. */
export function readStoredResponse(text: string): StoredResponse | undefined {
  const json = parseJsonOr(text)
  if (!isJsonObject(json) || typeof json['id'] !== 'string') return undefined
  const { id, kind, previous, connection, input, response } = json
  if (kind === 'native') return typeof connection === 'string' ? { kind, id, connection } : undefined
  if (kind !== 'kept' || !isJsonObject(response) || !Array.isArray(input)) return undefined
  return {
    kind,
    id,
    ...(typeof previous === 'string' ? { previous } : {}),
    input: input.filter(isJsonObject),
    response,
  }
}

/** The items of `input`; a text is a message of the user. */
export function inputItems(input: unknown): readonly JsonObject[] {
  if (Array.isArray(input)) return input.filter(isJsonObject)
  if (typeof input !== 'string') return []
  return [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: input }] }]
}

/** Items whose ids we made: no provider knows them. */
const ownIds: ReadonlySet<unknown> = new Set(['message', 'function_call', 'custom_tool_call'])

/** The items of a response, as a later request says them again. */
export function outputItems({ output }: JsonObject): readonly JsonObject[] {
  if (!Array.isArray(output)) return []
  return output.filter(isJsonObject).map((item) => {
    if (!ownIds.has(item['type'])) return item
    const { id: _, ...rest } = item
    return rest
  })
}
