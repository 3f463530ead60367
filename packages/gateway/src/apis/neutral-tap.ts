import type { SseBlock } from '../formats/sse-parser.ts'
import { AnswerCollector } from '../neutral/collect-answer.ts'
import type { ChatCodec, StreamReader } from '../neutral/codec.ts'
import type { NeutralEvent } from '../neutral/neutral-answer.ts'
import { answerFacts } from './answer-facts.ts'
import type { StreamTap, TappedEvent } from './client-api.ts'

const other: TappedEvent = { kind: 'other' }
const content: TappedEvent = { kind: 'content' }
const done: TappedEvent = { kind: 'done' }

/** A tap for any format that has a codec. */
export class NeutralTap implements StreamTap {
  readonly #reader: StreamReader
  readonly #collector: AnswerCollector
  isFinished = false

  constructor(codec: ChatCodec) {
    this.#reader = codec.makeStreamReader()
    this.#collector = new AnswerCollector(codec.name)
  }

  get malformedEvents(): number {
    return this.#reader.malformedEvents()
  }

  take({ data, event }: SseBlock): TappedEvent {
    if (data === undefined) return other
    const events = this.#reader.take({ data, ...(event === '' ? {} : { event }) })
    this.#collector.take(events)
    let kind = other
    for (const each of events) {
      if (each.kind === 'error') return { kind: 'error', error: each.error }
      if (each.kind === 'finish') this.isFinished = true
      if (each.kind === 'end') kind = done
      else if (kind === other && isContent(each)) kind = content
    }
    return kind
  }

  facts() {
    return answerFacts(this.#collector.answer())
  }
}

/** Something that a client would see; what comes before can still be taken back. */
export function isContent(event: NeutralEvent): boolean {
  switch (event.kind) {
    case 'part-delta':
      return event.text !== ''
    case 'part-start':
      return event.start.kind !== 'text' && event.start.kind !== 'refusal' && event.start.kind !== 'reasoning'
    case 'part-transcript':
    case 'part-citation':
    case 'finish':
      return true
    default:
      return false
  }
}
