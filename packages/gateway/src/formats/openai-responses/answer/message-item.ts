import type { Citation } from '../../../neutral/content.ts'
import type { JsonObject } from '../../parse-json.ts'
import { writeAnnotation } from '../annotation.ts'
import { placeOf, type Emit, type OpenItem } from './emit.ts'

type Content =
  | {
      readonly type: 'output_text'
      text: string
      readonly annotations: JsonObject[]
      readonly logprobs: unknown[]
    }
  | { readonly type: 'refusal'; refusal: string }

type MessageParts = {
  readonly open: OpenItem
  /** The id that its provider gave it. */
  readonly own: string | undefined
  /** What its provider says of it besides, such as its phase. */
  readonly fields: JsonObject | undefined
  readonly emit: Emit
}

/** A `message` of the output: texts and refusals, one after the other or interleaved. */
export class MessageItem {
  readonly #open: OpenItem
  readonly #own: string | undefined
  readonly #emit: Emit
  readonly #content: Content[] = []
  readonly #ended: boolean[] = []
  readonly #place: JsonObject
  #openParts = 0
  #isLeft = false
  #isClosed = false

  constructor({ open, own, fields, emit }: MessageParts) {
    this.#open = open
    this.#own = own
    this.#emit = emit
    this.#place = placeOf(open)
    Object.assign(open.json, { type: 'message', status: 'in_progress', role: 'assistant', content: [] })
    if (fields !== undefined) Object.assign(open.json, fields, { id: open.json['id'] })
    emit('response.output_item.added', { output_index: open.index, item: open.json })
    open.json['content'] = this.#content
  }

  /** True when a text of the item with this id goes on here. */
  takes(own: string | undefined): boolean {
    return !this.#isLeft && own === this.#own
  }

  /** Begins a text and gives its number. */
  begin(kind: 'text' | 'refusal'): number {
    const content: Content =
      kind === 'text'
        ? { type: 'output_text', text: '', annotations: [], logprobs: [] }
        : { type: 'refusal', refusal: '' }
    const number = this.#content.push(content) - 1
    this.#openParts++
    this.#emit('response.content_part.added', { ...this.#place, content_index: number, part: content })
    return number
  }

  add(number: number, text: string, logprobs: readonly unknown[]): void {
    const content = this.#content[number]
    if (content === undefined || this.#ended[number] === true) return
    const place = { ...this.#place, content_index: number, delta: text }
    if (content.type === 'refusal') {
      content.refusal += text
      this.#emit('response.refusal.delta', place)
      return
    }
    content.text += text
    if (logprobs.length > 0) content.logprobs.push(...logprobs)
    this.#emit('response.output_text.delta', { ...place, logprobs })
  }

  addLogprobs(logprobs: readonly unknown[]): void {
    const last = this.#content.at(-1)
    if (last?.type === 'output_text' && this.#ended[this.#content.length - 1] !== true)
      last.logprobs.push(...logprobs)
  }

  cite(number: number, citation: Citation): void {
    const content = this.#content[number]
    if (content?.type !== 'output_text' || this.#isClosed) return
    const annotation = writeAnnotation(citation)
    if (annotation === undefined) return
    const annotationIndex = content.annotations.push(annotation) - 1
    this.#emit('response.output_text.annotation.added', {
      ...this.#place,
      content_index: number,
      annotation_index: annotationIndex,
      annotation,
    })
  }

  end(number: number): void {
    const content = this.#content[number]
    if (content === undefined || this.#ended[number] === true) return
    this.#ended[number] = true
    const place = { ...this.#place, content_index: number }
    if (content.type === 'refusal')
      this.#emit('response.refusal.done', { ...place, refusal: content.refusal })
    else this.#emit('response.output_text.done', { ...place, text: content.text, logprobs: content.logprobs })
    this.#emit('response.content_part.done', { ...place, part: content })
    this.#openParts--
    if (this.#isLeft && this.#openParts === 0) this.#finish('completed')
  }

  /** Another item begins; this one ends as soon as its texts have. */
  leave(): void {
    this.#isLeft = true
    if (this.#openParts === 0) this.#finish('completed')
  }

  close(isCut: boolean): void {
    this.#finish(isCut ? 'incomplete' : 'completed')
  }

  #finish(status: string): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#open.json['status'] = status
    this.#emit('response.output_item.done', { output_index: this.#open.index, item: this.#open.json })
  }
}
