import type { FormatName } from '../../../neutral/content.ts'
import type { NeutralEvent, PartStart } from '../../../neutral/neutral-answer.ts'
import { isJsonObject, type JsonObject } from '../../parse-json.ts'
import { sseEvent } from '../../sse-text.ts'
import { BlockWriter, type PartEvent } from './block-writer.ts'

type Waiting = { readonly part: number; readonly events: NeutralPartEvent[] }
type NeutralPartEvent = Extract<NeutralEvent, { part: number }>

/**
 * Puts parts that overlap one behind the other, with rising indices: Anthropic's blocks never do. A text gives way
 * to what starts after it and goes on in a new block; what comes during a call waits for the call's end (A4.32).
 */
export class BlockSequence {
  readonly #from: FormatName | undefined
  #open: BlockWriter | undefined
  #nextIndex = 0
  readonly #waiting: Waiting[] = []
  /** Texts that gave way, by part. */
  readonly #paused = new Map<number, PartStart>()
  hasToolCalls = false

  /** `from` is the provider's format. */
  constructor(from: FormatName | undefined) {
    this.#from = from
  }

  take(event: NeutralPartEvent): string {
    const waiting = this.#waiting.find((entry) => entry.part === event.part)
    if (waiting !== undefined) {
      waiting.events.push(event)
      return ''
    }
    if (event.kind === 'part-start') return this.#begin(event)
    if (this.#open?.part === event.part) return this.#goOn(event)
    return this.#resume(event)
  }

  /** An event of Anthropic's own; deltas belong to the block that is open. */
  takeOther(value: JsonObject): string {
    const type = value['type']
    if (type === 'content_block_delta') return this.#open?.takeOther(value['delta']) ?? ''
    return typeof type === 'string' && isJsonObject(value) ? sseEvent(JSON.stringify(value), type) : ''
  }

  /** Ends what is open and writes everything that waits. */
  closeAll(): string {
    let text = this.#close()
    while (this.#waiting.length > 0) text += this.#drain() + this.#close()
    return text
  }

  #begin(event: Extract<NeutralPartEvent, { kind: 'part-start' }>): string {
    if (this.#open !== undefined && !this.#open.isDivisible) {
      this.#waiting.push({ part: event.part, events: [event] })
      return ''
    }
    const closed = this.#pause()
    return closed + this.#openBlock(event.part, event.start)
  }

  #goOn(event: PartEvent): string {
    if (this.#open === undefined) return ''
    if (event.kind !== 'part-end') return this.#open.take(event)
    return this.#close() + this.#drain()
  }

  /** More of a text that gave way to another block. */
  #resume(event: PartEvent): string {
    const start = this.#paused.get(event.part)
    if (start === undefined) return ''
    if (event.kind === 'part-end') {
      this.#paused.delete(event.part)
      return ''
    }
    if (this.#open !== undefined && !this.#open.isDivisible) {
      const again = { kind: 'part-start' as const, choice: event.choice, part: event.part, start }
      this.#waiting.push({ part: event.part, events: [again, event] })
      return ''
    }
    return this.#pause() + this.#openBlock(event.part, start) + (this.#open?.take(event) ?? '')
  }

  #openBlock(part: number, start: PartStart): string {
    this.#paused.delete(part)
    this.#open = new BlockWriter({ part, start, index: this.#nextIndex, from: this.#from })
    if (this.#open.isToolCall) this.hasToolCalls = true
    return this.#open.open()
  }

  #pause(): string {
    if (this.#open === undefined) return ''
    this.#paused.set(this.#open.part, this.#open.start)
    return this.#close()
  }

  #close(): string {
    if (this.#open === undefined) return ''
    const { text, indices } = this.#open.close()
    this.#nextIndex += indices
    this.#open = undefined
    return text
  }

  /** Writes waiting parts in their order, up to one that has not ended and goes on from here. */
  #drain(): string {
    let text = ''
    while (this.#open === undefined || this.#open.isDivisible) {
      const next = this.#waiting.shift()
      if (next === undefined) return text
      for (const event of next.events) text += this.take(event)
    }
    return text
  }
}
