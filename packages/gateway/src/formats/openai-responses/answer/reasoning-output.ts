import type { JsonObject } from '../../parse-json.ts'
import { placeOf, type Emit, type OpenItem } from './emit.ts'

/** A `reasoning` item of the output: thoughts as its summary, and what proves them. */
export class ReasoningOutput {
  readonly #open: OpenItem
  readonly #emit: Emit
  readonly #place: JsonObject
  #text: string | undefined
  #isClosed = false

  constructor(open: OpenItem, emit: Emit) {
    this.#open = open
    this.#emit = emit
    this.#place = placeOf(open)
    Object.assign(open.json, { type: 'reasoning', summary: [] })
    emit('response.output_item.added', { output_index: open.index, item: open.json })
    this.#place = { ...this.#place, summary_index: 0 }
  }

  prove(encrypted: string): void {
    if (!this.#isClosed) this.#open.json['encrypted_content'] = encrypted
  }

  add(text: string): void {
    if (this.#isClosed) return
    if (this.#text === undefined) {
      this.#text = ''
      const part = { type: 'summary_text', text: '' }
      this.#emit('response.reasoning_summary_part.added', { ...this.#place, part })
    }
    this.#text += text
    this.#emit('response.reasoning_summary_text.delta', { ...this.#place, delta: text })
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    const { json, index } = this.#open
    if (this.#text !== undefined) {
      const part = { type: 'summary_text', text: this.#text }
      json['summary'] = [part]
      this.#emit('response.reasoning_summary_text.done', { ...this.#place, text: this.#text })
      this.#emit('response.reasoning_summary_part.done', { ...this.#place, part })
    }
    this.#emit('response.output_item.done', { output_index: index, item: json })
  }
}
