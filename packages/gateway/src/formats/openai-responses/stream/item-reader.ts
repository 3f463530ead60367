import type { NeutralEvent, PartStart } from '../../../neutral/neutral-answer.ts'
import { countField, objectField, objectsField, textField } from '../../../neutral/json-field.ts'
import type { JsonObject } from '../../parse-json.ts'
import { callExtra, messageExtra } from '../answer/read-answer.ts'
import { readAnnotation } from '../annotation.ts'
import { reasoningExtra, summaryBreak } from '../reasoning-item.ts'

/** What the items of a stream share. */
export type ReaderState = {
  events: NeutralEvent[]
  parts: number
  hasCalls: boolean
  hasRefusal: boolean
}

type OpenPart = {
  readonly part: number
  /** Characters told so far: events that repeat the whole text add only what is missing. */
  length: number
  citations: number
  isEnded: boolean
}

const noFields: JsonObject = {}

/** One item of a stream. Whatever events a server leaves out, the item's last state fills in. */
export class ItemReader {
  readonly #state: ReaderState
  /** By number of the content of a message; other items have one part. */
  readonly #open = new Map<number, OpenPart>()
  #item: JsonObject = noFields
  #summaries = 0
  #isDone = false

  constructor(state: ReaderState) {
    this.#state = state
  }

  take(type: string, event: JsonObject): void {
    const content = countField(event, 'content_index') ?? 0
    switch (type) {
      case 'response.output_item.added':
        return this.#begin(objectField(event, 'item') ?? noFields)
      case 'response.output_item.done':
        return this.finish(objectField(event, 'item') ?? this.#item)
      case 'response.content_part.added':
        this.#beginContent(content, textField(objectField(event, 'part') ?? noFields, 'type'))
        return
      case 'response.content_part.done':
        return this.#endContent(content, objectField(event, 'part') ?? noFields)
      case 'response.output_text.delta':
        return this.#addText(content, 'output_text', event)
      case 'response.output_text.done':
        return this.#complete(this.#content(content, 'output_text'), textField(event, 'text'))
      case 'response.refusal.delta':
        return this.#addText(content, 'refusal', event)
      case 'response.refusal.done':
        return this.#complete(this.#content(content, 'refusal'), textField(event, 'refusal'))
      case 'response.output_text.annotation.added':
        return this.#cite(this.#content(content, 'output_text'), objectField(event, 'annotation'))
      default:
        return this.#takeWhole(type, event)
    }
  }

  /** The item as it stands in the end. */
  finish(item: JsonObject): void {
    if (this.#isDone) return
    this.#isDone = true
    if (this.#item['type'] === undefined) this.#begin(item)
    const type = item['type']
    if (type === 'message')
      for (const [index, part] of objectsField(item, 'content').entries()) this.#endContent(index, part)
    else if (type === 'function_call') this.#complete(this.#single(), textField(item, 'arguments'))
    else if (type === 'reasoning') this.#finishReasoning(item)
    else return this.#end(this.#single(), isSame(item, this.#item) ? {} : { final: item })
    const extra = type === 'reasoning' ? reasoningExtra(item) : undefined
    for (const part of this.#open.values()) this.#end(part, extra === undefined ? {} : { extra })
  }

  /** Ends what a server never ended. */
  close(): void {
    for (const part of this.#open.values()) this.#end(part, {})
  }

  #takeWhole(type: string, event: JsonObject): void {
    switch (type) {
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        return this.#add(this.#single(), textField(event, 'delta') ?? '')
      case 'response.function_call_arguments.done':
        return this.#complete(this.#single(), textField(event, 'arguments'))
      case 'response.custom_tool_call_input.done':
        return this.#complete(this.#single(), textField(event, 'input'))
      case 'response.reasoning_summary_part.added':
        if (this.#summaries++ > 0) this.#add(this.#single(), summaryBreak)
        return
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        return this.#add(this.#single(), textField(event, 'delta') ?? '')
      case 'response.reasoning_summary_text.done':
      case 'response.reasoning_summary_part.done':
      case 'response.reasoning_text.done':
        return
      default:
        this.#state.events.push({
          kind: 'other',
          value: { kind: 'other', format: 'openai-responses', value: event },
        })
    }
  }

  #begin(item: JsonObject): void {
    this.#item = item
    if (item['type'] !== 'message') this.#single()
  }

  /** The one part of an item that is no message. */
  #single(): OpenPart {
    return this.#open.get(0) ?? this.#startPart(0, this.#startOf(this.#item))
  }

  #startOf(item: JsonObject): PartStart {
    const id = textField(item, 'id')
    if (item['type'] === 'function_call') {
      this.#state.hasCalls = true
      const extra = callExtra(item)
      return {
        kind: 'tool-call',
        id: textField(item, 'call_id') ?? id ?? '',
        name: textField(item, 'name') ?? '',
        ...(id === undefined ? {} : { itemId: id }),
        ...(extra === undefined ? {} : { extra }),
      }
    }
    if (item['type'] === 'reasoning') return { kind: 'reasoning', ...(id === undefined ? {} : { id }) }
    if (item['type'] === 'custom_tool_call') this.#state.hasCalls = true
    return { kind: 'other', format: 'openai-responses', value: item }
  }

  #beginContent(index: number, type: string | undefined): OpenPart {
    if (type === 'refusal' || type === 'output_text') return this.#content(index, type)
    // Thoughts in full are content of a reasoning item.
    return this.#single()
  }

  #content(index: number, type: 'output_text' | 'refusal'): OpenPart {
    const known = this.#open.get(index)
    if (known !== undefined) return known
    if (type === 'refusal') this.#state.hasRefusal = true
    const extra = type === 'refusal' ? undefined : messageExtra(this.#item)
    const start: PartStart = {
      kind: type === 'refusal' ? 'refusal' : 'text',
      ...(extra === undefined ? {} : { extra }),
    }
    return this.#startPart(index, start)
  }

  #endContent(index: number, part: JsonObject): void {
    const { type } = part
    if (type !== 'refusal' && type !== 'output_text') return
    const open = this.#content(index, type)
    if (open.isEnded) return
    this.#complete(open, textField(part, type === 'refusal' ? 'refusal' : 'text'))
    for (const annotation of objectsField(part, 'annotations').slice(open.citations))
      this.#cite(open, annotation)
    this.#end(open, {})
  }

  #addText(index: number, type: 'output_text' | 'refusal', event: JsonObject): void {
    const open = this.#content(index, type)
    this.#add(open, textField(event, 'delta') ?? '')
    const { logprobs } = event
    if (Array.isArray(logprobs) && logprobs.length > 0)
      this.#state.events.push({ kind: 'logprobs', choice: 0, logprobs: { content: logprobs } })
  }

  #startPart(index: number, start: PartStart): OpenPart {
    const part = this.#state.parts++
    this.#state.events.push({ kind: 'part-start', choice: 0, part, start })
    const open = { part, length: 0, citations: 0, isEnded: false }
    this.#open.set(index, open)
    return open
  }

  #add(open: OpenPart, text: string): void {
    if (text === '' || open.isEnded) return
    open.length += text.length
    this.#state.events.push({ kind: 'part-delta', choice: 0, part: open.part, text })
  }

  #complete(open: OpenPart, whole: string | undefined): void {
    if (whole !== undefined && whole.length > open.length) this.#add(open, whole.slice(open.length))
  }

  #cite(open: OpenPart, annotation: JsonObject | undefined): void {
    if (annotation === undefined) return
    open.citations++
    const citation = readAnnotation(annotation)
    this.#state.events.push({ kind: 'part-citation', choice: 0, part: open.part, citation })
  }

  #finishReasoning(item: JsonObject): void {
    const open = this.#single()
    const texts = [...objectsField(item, 'summary'), ...objectsField(item, 'content')]
    if (open.length === 0 && texts.length > 0) this.#addThoughts(open, item)
    const encrypted = textField(item, 'encrypted_content')
    if (encrypted === undefined || open.isEnded) return
    this.#state.events.push({
      kind: 'part-proof',
      choice: 0,
      part: open.part,
      from: 'openai-responses',
      encrypted,
    })
  }

  #addThoughts(open: OpenPart, item: JsonObject): void {
    const summary = objectsField(item, 'summary').map((piece) => textField(piece, 'text') ?? '')
    const content = objectsField(item, 'content').map((piece) => textField(piece, 'text') ?? '')
    this.#add(open, summary.length > 0 ? summary.join(summaryBreak) : content.join(''))
  }

  #end(open: OpenPart, more: { readonly final?: JsonObject; readonly extra?: JsonObject }): void {
    if (open.isEnded) return
    open.isEnded = true
    this.#state.events.push({ kind: 'part-end', choice: 0, part: open.part, ...more })
  }
}

/** Cheaply: an item that has not changed since it began is the same in every direct field. */
function isSame(one: JsonObject, other: JsonObject): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other)
}
