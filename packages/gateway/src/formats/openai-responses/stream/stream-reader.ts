import type { StreamEvent, StreamReader } from '../../../neutral/codec.ts'
import type { NeutralEvent } from '../../../neutral/neutral-answer.ts'
import { countField, objectField, objectsField, otherFields, textField } from '../../../neutral/json-field.ts'
import { readErrorMember } from '../../openai/read-error.ts'
import { isJsonObject, parseJsonOr, type JsonObject } from '../../parse-json.ts'
import { responseNames } from '../answer/read-answer.ts'
import { readFinish } from '../status.ts'
import { readUsage } from '../usage.ts'
import { ItemReader, type ReaderState } from './item-reader.ts'

/** Follows a stream of the Responses format, also of servers that leave some of its many events out. */
export class ResponsesStreamReader implements StreamReader {
  /** By the provider's own number, which may be any. */
  readonly #items = new Map<number, ItemReader>()
  readonly #state: ReaderState = { events: [], parts: 0, hasCalls: false, hasRefusal: false }
  #hasStarted = false
  #isOver = false
  #malformed = 0

  take(event: StreamEvent): readonly NeutralEvent[] {
    const events: NeutralEvent[] = []
    if (this.#isOver || event.data === '' || event.data.trim() === '[DONE]') return events
    const value = parseJsonOr(event.data)
    if (!isJsonObject(value)) {
      this.#malformed++
      return events
    }
    this.#state.events = events
    this.#takeEvent(textField(value, 'type') ?? event.event ?? '', value)
    return events
  }

  /** Without its last event the stream was cut. */
  finish(): readonly NeutralEvent[] {
    return []
  }

  malformedEvents(): number {
    return this.#malformed
  }

  #takeEvent(type: string, value: JsonObject): void {
    switch (type) {
      case 'response.created':
      case 'response.queued':
      case 'response.in_progress':
        return this.#start(objectField(value, 'response'))
      case 'response.completed':
      case 'response.incomplete':
        return this.#end(objectField(value, 'response') ?? {})
      case 'response.failed':
      case 'response.cancelled':
        return this.#fail(objectField(value, 'response')?.['error'])
      case 'error':
        return this.#fail(value['error'] ?? value)
      default:
        // Some servers put a bare error into the stream.
        if (type === '' && value['error'] !== undefined) return this.#fail(value['error'])
        return this.#takeItem(type, value)
    }
  }

  #takeItem(type: string, value: JsonObject): void {
    const index = countField(value, 'output_index')
    if (index === undefined) return
    this.#item(index).take(type, value)
  }

  #item(index: number): ItemReader {
    let item = this.#items.get(index)
    if (item === undefined) this.#items.set(index, (item = new ItemReader(this.#state)))
    return item
  }

  #start(response: JsonObject | undefined): void {
    if (this.#hasStarted || response === undefined) return
    this.#hasStarted = true
    this.#state.events.push({
      kind: 'start',
      id: textField(response, 'id') ?? '',
      model: textField(response, 'model') ?? '',
      createdS: countField(response, 'created_at') ?? 0,
    })
  }

  /** The last event holds everything, for servers that streamed only some of it. */
  #end(response: JsonObject): void {
    this.#start(response)
    this.#isOver = true
    const { events } = this.#state
    for (const [index, item] of objectsField(response, 'output').entries()) {
      if (!this.#items.has(index)) this.#item(index).finish(item)
    }
    for (const item of this.#items.values()) item.close()
    const tier = textField(response, 'service_tier')
    const extra = otherFields(response, responseNames)
    if (tier !== undefined || extra !== undefined)
      events.push({
        kind: 'answer-fields',
        ...(tier === undefined ? {} : { serviceTier: tier }),
        ...(extra === undefined ? {} : { extra, from: 'openai-responses' as const }),
      })
    const usage = readUsage(response)
    const has = { calls: this.#state.hasCalls, refusal: this.#state.hasRefusal }
    events.push({ kind: 'finish', choice: 0, ...readFinish(response, has) })
    if (usage !== undefined) events.push({ kind: 'usage', usage })
    events.push({ kind: 'end' })
  }

  #fail(error: unknown): void {
    this.#isOver = true
    this.#state.events.push({ kind: 'error', error: readErrorMember(error ?? 'The response has failed.') })
  }
}
