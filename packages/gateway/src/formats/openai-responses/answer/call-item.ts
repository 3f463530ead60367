import type { JsonObject } from '../../parse-json.ts'
import { placeOf, type Emit, type OpenItem } from './emit.ts'

/** A `function_call` of the output. */
export class CallItem {
  readonly #open: OpenItem
  readonly #emit: Emit
  readonly #place: JsonObject
  #text = ''
  #isClosed = false

  constructor(open: OpenItem, call: { readonly id: string; readonly name: string }, emit: Emit) {
    this.#open = open
    this.#emit = emit
    this.#place = placeOf(open)
    Object.assign(open.json, {
      type: 'function_call',
      status: 'in_progress',
      call_id: call.id,
      name: call.name,
      arguments: '',
    })
    emit('response.output_item.added', { output_index: open.index, item: open.json })
  }

  add(text: string): void {
    if (this.#isClosed) return
    this.#text += text
    this.#emit('response.function_call_arguments.delta', { ...this.#place, delta: text })
  }

  /** A call without arguments is told as one with none, because clients parse them. */
  close(): void {
    if (this.#isClosed) return
    if (this.#text === '') this.add('{}')
    this.#isClosed = true
    const { json, index } = this.#open
    json['arguments'] = this.#text
    json['status'] = 'completed'
    this.#emit('response.function_call_arguments.done', { ...this.#place, arguments: this.#text })
    this.#emit('response.output_item.done', { output_index: index, item: json })
  }
}
