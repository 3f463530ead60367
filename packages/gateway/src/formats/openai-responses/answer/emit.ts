import type { JsonObject } from '../../parse-json.ts'

/** Tells of one event of the stream; `fields` without its type and number, to be written down at once. */
export type Emit = (type: string, fields: JsonObject) => void

/** An item of the output while it is made, and its place there. */
export type OpenItem = {
  readonly json: Record<string, unknown>
  readonly index: number
}

/** The fields by which an event names its item. */
export function placeOf({ json, index }: OpenItem): JsonObject {
  return { item_id: json['id'], output_index: index }
}
