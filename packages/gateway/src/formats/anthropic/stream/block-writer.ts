import type { FormatName } from '../../../neutral/content.ts'
import type { NeutralEvent, PartStart } from '../../../neutral/neutral-answer.ts'
import { packProof } from '../../../neutral/proof.ts'
import type { JsonObject } from '../../parse-json.ts'
import { sseEvent } from '../../sse-text.ts'
import { callFields } from '../answer/write-answer.ts'
import { writeCitation } from '../citation.ts'
import { packedBlock } from '../packed-proof.ts'

type Proof = Extract<NeutralEvent, { kind: 'part-proof' }>

/** What happens to a part after its start. */
export type PartEvent = Exclude<Extract<NeutralEvent, { part: number }>, { kind: 'part-start' }>

/** Anthropic's kinds of blocks, and parts that its format has no block for. */
type BlockKind = 'text' | 'thinking' | 'redacted' | 'tool' | 'other' | 'none'

type BlockParts = {
  readonly part: number
  readonly start: PartStart
  readonly index: number
  readonly from?: FormatName | undefined
}

/** Writes one content block as events. */
export class BlockWriter {
  readonly part: number
  readonly start: PartStart
  readonly #index: number
  readonly #kind: BlockKind
  readonly #from: FormatName
  #hasText = false
  #hasProof = false
  #isStarted = false
  #packed: JsonObject | undefined

  /** `from`: the format of the provider, for proofs that do not name theirs. */
  constructor({ part, start, index, from = 'anthropic' }: BlockParts) {
    this.part = part
    this.start = start
    this.#index = index
    this.#from = from
    this.#kind = kindOf(start)
  }

  get isToolCall(): boolean {
    return this.#kind === 'tool'
  }

  /** True for a block that may be closed for another and go on in a new one: only text can. */
  get isDivisible(): boolean {
    return this.#kind === 'text' || this.#kind === 'thinking' || this.#kind === 'none'
  }

  /** Redacted thoughts wait for their content, which stands in the block's start. */
  open(): string {
    if (this.#kind === 'redacted' || this.#kind === 'none') return ''
    return this.#begin(blockOf(this.start))
  }

  take(event: PartEvent): string {
    switch (event.kind) {
      case 'part-delta':
        return this.#text(event.text)
      case 'part-citation':
        if (this.#kind !== 'text') return ''
        return this.#delta(`"citations_delta","citation":${JSON.stringify(writeCitation(event.citation))}`)
      case 'part-proof':
        return this.#proof(event)
      default:
        return ''
    }
  }

  /** The end of the block, and the number of indices it used. */
  close(): { readonly text: string; readonly indices: number } {
    if (this.#kind === 'none') return { text: '', indices: 0 }
    let text = ''
    if (this.#kind === 'redacted' && !this.#isStarted)
      text += this.#begin({ type: 'redacted_thinking', data: '' })
    if (this.#kind === 'tool' && !this.#hasText) text += this.#text('{}')
    // Thoughts of other formats come back with the name of theirs, also when nothing but the name proves them.
    if (this.#kind === 'thinking' && !this.#hasProof && this.#from !== 'anthropic')
      text += this.#sign(packProof({ from: this.#from }))
    text += stopEvent(this.#index)
    if (this.#packed === undefined) return { text, indices: 1 }
    return { text: text + startEvent(this.#index + 1, this.#packed) + stopEvent(this.#index + 1), indices: 2 }
  }

  /** A delta that only Anthropic has, under the index that its block has here. */
  takeOther(delta: unknown): string {
    return this.#isStarted
      ? event('content_block_delta', `"index":${this.#index},"delta":${JSON.stringify(delta)}`)
      : ''
  }

  #begin(block: JsonObject): string {
    this.#isStarted = true
    return startEvent(this.#index, block)
  }

  #text(text: string): string {
    if (text === '') return ''
    const json = JSON.stringify(text)
    switch (this.#kind) {
      case 'text':
        return this.#delta(`"text_delta","text":${json}`)
      case 'thinking':
        return this.#delta(`"thinking_delta","thinking":${json}`)
      case 'tool':
      case 'other':
        this.#hasText = true
        return this.#delta(`"input_json_delta","partial_json":${json}`)
      default:
        return ''
    }
  }

  #proof(proof: Proof): string {
    const from = proof.from ?? this.#from
    const isOwn = from === 'anthropic'
    if (this.#kind === 'redacted') {
      if (this.#isStarted) return ''
      const data = isOwn ? (proof.encrypted ?? '') : this.#pack(proof, from)
      return this.#begin({ type: 'redacted_thinking', data })
    }
    if (this.#kind === 'thinking') {
      const signature = isOwn ? proof.signature : this.#pack(proof, from)
      return signature === undefined ? '' : this.#sign(signature)
    }
    const { signature } = proof
    const isSigned = this.#kind === 'text' || this.#kind === 'tool'
    if (signature === undefined || !isSigned) return ''
    const callId = this.start.kind === 'tool-call' ? this.start.id : undefined
    this.#packed = packedBlock(isOwn ? 'gemini' : from, signature, callId)
    return ''
  }

  #sign(signature: string): string {
    this.#hasProof = true
    return this.#delta(`"signature_delta","signature":${JSON.stringify(signature)}`)
  }

  #pack({ signature, encrypted }: Proof, from: FormatName): string {
    const start = this.start.kind === 'reasoning' ? this.start : undefined
    return packProof({
      from,
      ...(signature === undefined ? {} : { signature }),
      ...(encrypted === undefined ? {} : { encrypted }),
      ...(start?.id === undefined ? {} : { id: start.id }),
      ...(start?.isRedacted === true ? { isRedacted: true } : {}),
    })
  }

  #delta(fields: string): string {
    return event('content_block_delta', `"index":${this.#index},"delta":{"type":${fields}}`)
  }
}

/** One event, of whose JSON `fields` are the members after the type. */
export function event(type: string, fields: string): string {
  return sseEvent(`{"type":"${type}"${fields === '' ? '' : `,${fields}`}}`, type)
}

function startEvent(index: number, block: JsonObject): string {
  return event('content_block_start', `"index":${index},"content_block":${JSON.stringify(block)}`)
}

function stopEvent(index: number): string {
  return event('content_block_stop', `"index":${index}`)
}

function kindOf(start: PartStart): BlockKind {
  switch (start.kind) {
    case 'text':
    case 'refusal':
      return 'text'
    case 'reasoning':
      return start.isRedacted === true ? 'redacted' : 'thinking'
    case 'tool-call':
      return 'tool'
    case 'other':
      return start.format === 'anthropic' ? 'other' : 'none'
    default:
      return 'none'
  }
}

function blockOf(start: PartStart): JsonObject {
  switch (start.kind) {
    case 'reasoning':
      return { type: 'thinking', thinking: '', signature: '' }
    case 'tool-call':
      return {
        type: 'tool_use',
        id: start.id,
        name: start.name,
        input: {},
        ...callFields(start.extra),
      }
    case 'other':
      return start.value
    default:
      return { type: 'text', text: '', citations: null }
  }
}
