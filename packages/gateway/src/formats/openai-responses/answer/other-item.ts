import type { JsonObject } from '../../parse-json.ts'
import { placeOf, type Emit, type OpenItem } from './emit.ts'

/** An item of a tool that the provider runs, as it gave it; or the call of a custom tool, whose input streams. */
export class OtherItem {
  readonly #open: OpenItem
  readonly #emit: Emit
  readonly #place: JsonObject
  readonly #isCustom: boolean
  #text = ''
  #isClosed = false

  constructor(open: OpenItem, value: JsonObject, emit: Emit) {
    const { json, index } = open
    this.#open = open
    this.#emit = emit
    this.#place = placeOf(open)
    this.#isCustom = value['type'] === 'custom_tool_call'
    Object.assign(json, value, { id: json['id'] })
    if (this.#isCustom) Object.assign(json, { input: '', status: 'in_progress' })
    emit('response.output_item.added', { output_index: index, item: json })
    const input = this.#isCustom ? value['input'] : undefined
    if (typeof input === 'string' && input !== '') this.add(input)
  }

  add(text: string): void {
    if (!this.#isCustom || this.#isClosed) return
    this.#text += text
    this.#emit('response.custom_tool_call_input.delta', { ...this.#place, delta: text })
  }

  /** `final`: the item as it stands now, where it has changed since it began. */
  close(final: JsonObject | undefined): void {
    if (this.#isClosed) return
    this.#isClosed = true
    const { json, index } = this.#open
    Object.assign(json, final, { id: json['id'] })
    if (this.#isCustom) {
      Object.assign(json, { input: this.#text, status: 'completed' })
      this.#emit('response.custom_tool_call_input.done', { ...this.#place, input: this.#text })
    }
    this.#emit('response.output_item.done', { output_index: index, item: json })
  }
}
