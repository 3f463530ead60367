import type { ChatApi, StreamTap, TappedEvent } from '../apis/client-api.ts'
import type { StreamReader } from '../neutral/codec.ts'
import { AnswerCollector } from '../neutral/collect-answer.ts'
import type { NeutralAnswer } from '../neutral/neutral-answer.ts'
import type { SseBlock } from '../formats/sse-parser.ts'

/** Follows a stream as the API's own tap does, and puts its answer together besides: for the cache. */
export class KeepingTap implements StreamTap {
  readonly #tap: StreamTap
  readonly #reader: StreamReader
  readonly #collector: AnswerCollector

  constructor(api: ChatApi) {
    this.#tap = api.makeTap()
    this.#reader = api.codec.makeStreamReader()
    this.#collector = new AnswerCollector(api.format)
  }

  take(block: SseBlock): TappedEvent {
    const { data, event } = block
    if (data !== undefined)
      this.#collector.take(this.#reader.take({ data, ...(event === '' ? {} : { event }) }))
    return this.#tap.take(block)
  }

  facts() {
    return this.#tap.facts()
  }

  get isFinished(): boolean {
    return this.#tap.isFinished
  }

  get malformedEvents(): number {
    return this.#tap.malformedEvents
  }

  answer(): NeutralAnswer {
    this.#collector.take(this.#reader.finish())
    return this.#collector.answer()
  }
}
