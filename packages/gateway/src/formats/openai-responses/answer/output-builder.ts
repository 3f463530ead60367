import type { FormatName } from '../../../neutral/content.ts'
import { textField } from '../../../neutral/json-field.ts'
import type { NeutralEvent, PartStart } from '../../../neutral/neutral-answer.ts'
import { packProof } from '../../../neutral/proof.ts'
import { customCallId, toResponsesCall } from '../../openai/custom-tool.ts'
import { isJsonObject, type JsonObject } from '../../parse-json.ts'
import type { ItemIds } from '../item-ids.ts'
import { CallItem } from './call-item.ts'
import type { Emit, OpenItem } from './emit.ts'
import { MessageItem } from './message-item.ts'
import { OtherItem } from './other-item.ts'
import { ReasoningOutput } from './reasoning-output.ts'

type PartEvent = Extract<NeutralEvent, { part: number }>
type Proof = Extract<NeutralEvent, { kind: 'part-proof' }>
type Start<Kind extends PartStart['kind']> = Extract<PartStart, { kind: Kind }>
type Part =
  | { readonly kind: 'text'; readonly item: MessageItem; readonly content: number; proof: string }
  | { readonly kind: 'call'; readonly item: CallItem; readonly id: string; proof: string }
  | { readonly kind: 'reasoning'; readonly item: ReasoningOutput; readonly start: Start<'reasoning'> }
  | { readonly kind: 'other'; readonly item: OtherItem }

/**
 * Makes the items of an output from the events of one choice, and tells of every step. What it has made in the end
 * equals what it told, whether anyone listened or not.
 */
export class OutputBuilder {
  readonly output: JsonObject[] = []
  readonly #isOwn: boolean
  readonly #ids: ItemIds
  readonly #emit: Emit
  readonly #parts: (Part | undefined)[] = []
  #message: MessageItem | undefined
  #hasRefusal = false

  /** `isOwn`: the provider speaks this format too, so that what its calls say beside the usual is told. */
  constructor(ids: ItemIds, emit: Emit, isOwn = false) {
    this.#isOwn = isOwn
    this.#ids = ids
    this.#emit = emit
  }

  get hasRefusal(): boolean {
    return this.#hasRefusal
  }

  /** `logprobs` are those of a text's delta. */
  take(event: PartEvent, logprobs: readonly unknown[] = []): void {
    if (event.kind === 'part-start') {
      this.#parts[event.part] = this.#begin(event.start)
      return
    }
    const part = this.#parts[event.part]
    if (part === undefined) return
    if (event.kind === 'part-delta') {
      if (part.kind === 'text') part.item.add(part.content, event.text, logprobs)
      else part.item.add(event.text)
    } else if (event.kind === 'part-citation') {
      if (part.kind === 'text') part.item.cite(part.content, event.citation)
    } else if (event.kind === 'part-proof') prove(part, event)
    else if (event.kind === 'part-end') this.#end(part, event.final)
  }

  /** Probabilities that came apart from their text. */
  addLogprobs(logprobs: readonly unknown[]): void {
    this.#message?.addLogprobs(logprobs)
  }

  /** Ends what is still open; an answer that was cut leaves an incomplete message. */
  close(isCut: boolean): void {
    for (const part of this.#parts) if (part !== undefined) this.#end(part, undefined)
    this.#message?.close(isCut)
    this.#message = undefined
  }

  #begin(start: PartStart): Part | undefined {
    switch (start.kind) {
      case 'text':
      case 'refusal': {
        if (start.kind === 'refusal') this.#hasRefusal = true
        const item = this.#openMessage(start)
        return { kind: 'text', item, content: item.begin(start.kind), proof: '' }
      }
      case 'reasoning':
        return { kind: 'reasoning', item: new ReasoningOutput(this.#add('rs', start.id), this.#emit), start }
      case 'tool-call': {
        const open = this.#add('fc', start.itemId)
        if (this.#isOwn) Object.assign(open.json, start.extra)
        const item = new CallItem(open, start, this.#emit)
        return { kind: 'call', item, id: start.id, proof: '' }
      }
      case 'other':
        return this.#beginOther(start.format, start.value)
      case 'image': {
        const result = start.source.kind === 'base64' ? start.source.data : null
        const value = { type: 'image_generation_call', status: 'completed', result }
        return { kind: 'other', item: new OtherItem(this.#add('ig'), value, this.#emit) }
      }
      default:
        return undefined
    }
  }

  /** What another format's provider ran has no item here. */
  #beginOther(format: FormatName, value: JsonObject): Part | undefined {
    if (format !== 'openai-responses' && customCallId(value) === undefined) return undefined
    const own = ownForm(value)
    const open = this.#add('ctc', textField(own, 'id'), true)
    return { kind: 'other', item: new OtherItem(open, own, this.#emit) }
  }

  #openMessage(start: Start<'text' | 'refusal'>): MessageItem {
    const fields = isJsonObject(start.extra?.['item']) ? start.extra['item'] : undefined
    const own = fields === undefined ? undefined : textField(fields, 'id')
    if (this.#message?.takes(own) === true) return this.#message
    this.#message = new MessageItem({ open: this.#add('msg', own), own, fields, emit: this.#emit })
    return this.#message
  }

  /** A new item, after the message before it. */
  #add(prefix: Parameters<ItemIds['item']>[0], own?: string, isAnyId = false): OpenItem {
    this.#message?.leave()
    const index = this.output.length
    const id = isAnyId && own !== undefined ? own : this.#ids.item(prefix, index, own)
    const json = { id }
    this.output.push(json)
    return { json, index }
  }

  #end(part: Part, final: JsonObject | undefined): void {
    if (part.kind === 'text') part.item.end(part.content)
    else if (part.kind === 'other') part.item.close(final === undefined ? undefined : ownForm(final))
    else part.item.close()
    if ((part.kind !== 'text' && part.kind !== 'call') || part.proof === '') return
    // A signature follows what it signs as a thought without words, which clients send back.
    const item = new ReasoningOutput(this.#add('rs'), this.#emit)
    item.prove(part.proof)
    item.close()
    part.proof = ''
  }
}

/** A custom call of either of OpenAI's formats in this one's form; any other item as it is. */
function ownForm(value: JsonObject): JsonObject {
  return customCallId(value) === undefined ? value : toResponsesCall(value)
}

function prove(part: Part, { signature, encrypted, from = 'openai-responses' }: Proof): void {
  if (part.kind === 'reasoning') {
    const { id, isRedacted } = part.start
    const isOwn = from === 'openai-responses' && encrypted !== undefined
    part.item.prove(isOwn ? encrypted : packProof({ from, signature, encrypted, id, isRedacted }))
  } else if (signature !== undefined && part.kind === 'call')
    part.proof = packProof({ from, signature, id: `call:${part.id}` })
  else if (signature !== undefined && part.kind === 'text')
    part.proof = packProof({ from, signature, id: 'text' })
}
