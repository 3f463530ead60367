import type { FormatName } from '../../../neutral/content.ts'
import type { FinishReason, NeutralEvent, PartStart } from '../../../neutral/neutral-answer.ts'
import type { Proof } from '../../../neutral/proof.ts'
import type { JsonObject } from '../../parse-json.ts'
import { writeMedia } from '../write-media.ts'
import { writeGrounding, type CitedText, type FoundCitation } from './citations.ts'
import { writeFinishReason } from './finish-reasons.ts'
import { writeLogprobs } from './logprobs.ts'
import { signatureOf, signed, writeCall } from './write-answer.ts'

type ChoiceEvent = Extract<NeutralEvent, { choice: number }>

type OpenPart = {
  readonly number: number
  readonly start: PartStart
  /** Arguments of a call: Gemini's clients want them whole. */
  readonly pieces: string[]
  /** Text so far, for citations, which count its bytes. */
  text: string
  signature: string | undefined
  encrypted: string | undefined
  from: FormatName | undefined
}

/** Gathers what one candidate gets in the next chunk, and what waits for its last one. */
export class CandidateWriter {
  readonly index: number
  isEmpty = true
  readonly #open: OpenPart[] = []
  readonly #texts: CitedText[] = []
  readonly #citations: FoundCitation[] = []
  #parts: JsonObject[] = []
  /** Number and text of the last written part, when more text may join it. */
  #tail: { readonly number: number; readonly pieces: string[] } | undefined
  /** Probabilities of tokens that no chunk has told yet. */
  #tokens: unknown[] = []
  #others: JsonObject | undefined
  #finish: { readonly finish: FinishReason; readonly raw: string } | undefined

  constructor(index: number) {
    this.index = index
  }

  take(event: ChoiceEvent): void {
    switch (event.kind) {
      case 'logprobs':
        // Several may come before the next chunk is written.
        if (Array.isArray(event.logprobs['content'])) this.#tokens.push(...event.logprobs['content'])
        return
      case 'choice-fields':
        if (event.other.format === 'gemini') this.#others = { ...this.#others, ...event.other.value }
        return
      case 'finish':
        this.#finish = { finish: event.finish, raw: event.finishRaw }
        return
      case 'part-start':
        this.#start(event.part, event.start)
        return
      default: {
        const open = this.#open.find(({ number }) => number === event.part)
        if (open !== undefined) this.#takePart(open, event)
      }
    }
  }

  /** What the next chunk says of this candidate; undefined when there is nothing new. */
  takeWritten(): JsonObject | undefined {
    this.#closeTail()
    if (this.#parts.length === 0) return undefined
    const parts = this.#parts
    this.#parts = []
    return { content: { parts, role: 'model' }, index: this.index, ...this.#takeLogprobs() }
  }

  /** The candidate in the last chunk. The SDK takes a content without parts for a broken answer. */
  finish(): JsonObject {
    for (const open of this.#open.splice(0)) this.#end(open)
    const parts = this.#parts.length === 0 ? [{ text: '' }] : this.#parts
    const { finish, raw } = this.#finish ?? { finish: 'unknown', raw: '' }
    const grounding = writeGrounding(this.#texts, this.#citations)
    return {
      content: { parts, role: 'model' },
      finishReason: writeFinishReason(finish, raw),
      index: this.index,
      ...this.#takeLogprobs(),
      ...(grounding === undefined ? {} : { groundingMetadata: grounding }),
      ...this.#others,
    }
  }

  #takeLogprobs(): JsonObject {
    if (this.#tokens.length === 0) return {}
    const logprobs = writeLogprobs({ content: this.#tokens })
    this.#tokens = []
    return logprobs === undefined ? {} : { logprobsResult: logprobs }
  }

  #start(number: number, start: PartStart): void {
    if (start.kind !== 'refusal') this.isEmpty = false
    if (start.kind === 'other') {
      if (start.format === 'gemini') this.#push(start.value)
    } else if (start.kind === 'image' || start.kind === 'file' || start.kind === 'video') {
      const media = writeMedia(start)
      if (media !== undefined) this.#push(media)
    }
    const proof = { signature: undefined, encrypted: undefined, from: undefined }
    this.#open.push({ number, start, pieces: [], text: '', ...proof })
  }

  #takePart(open: OpenPart, event: Exclude<ChoiceEvent, { kind: 'part-start' }>): void {
    switch (event.kind) {
      case 'part-delta':
        return this.#takeDelta(open, event.text)
      case 'part-transcript':
        return this.#push({ audioTranscription: { text: event.text } })
      case 'part-proof':
        open.signature = event.signature ?? open.signature
        open.encrypted = event.encrypted ?? open.encrypted
        open.from = event.from ?? open.from
        return
      case 'part-citation':
        if (event.citation.raw.format !== 'gemini') {
          this.#citations.push({ at: open.number, citation: event.citation })
        }
        return
      case 'part-end':
        this.#open.splice(this.#open.indexOf(open), 1)
        return this.#end(open)
      default:
    }
  }

  #takeDelta(open: OpenPart, text: string): void {
    const { start, number } = open
    switch (start.kind) {
      case 'tool-call':
        open.pieces.push(text)
        return
      case 'audio': {
        const mimeType = start.mediaType ?? 'audio/L16;rate=24000'
        return this.#push({ inlineData: { mimeType, data: text } })
      }
      case 'text':
      case 'refusal':
      case 'reasoning':
        if (start.kind === 'text') open.text += text
        if (this.#tail?.number === number) this.#tail.pieces.push(text)
        else this.#pushText(open, text)
        return
      default:
    }
  }

  #pushText({ number, start }: OpenPart, text: string): void {
    this.#push(start.kind === 'reasoning' ? { text, thought: true } : { text })
    this.#tail = { number, pieces: [text] }
  }

  /** Proof of a thought or text follows it, in the same part when the chunk is not out yet. */
  #end(open: OpenPart): void {
    const { start, from } = open
    if (start.kind === 'tool-call') {
      const signature = from === undefined || from === 'gemini' ? open.signature : undefined
      this.#push(writeCall(start.id, start.name, open.pieces.join(''), signature))
    } else if (start.kind === 'reasoning') {
      this.#sign(open, signatureOf(proofOf(open, start)))
    } else if (start.kind === 'text') {
      if (from === undefined || from === 'gemini') this.#sign(open, open.signature)
      this.#texts.push({ at: open.number, text: open.text })
    }
  }

  #sign(open: OpenPart, signature: string | undefined): void {
    if (signature === undefined) return
    if (this.#tail?.number !== open.number) this.#pushText(open, '')
    this.#closeTail()
    const last = this.#parts.pop()
    this.#push({ ...last, ...signed(signature) })
  }

  #push(part: JsonObject): void {
    this.#closeTail()
    this.#parts.push(part)
  }

  /** Joins the pieces of the last text. */
  #closeTail(): void {
    const tail = this.#tail
    this.#tail = undefined
    const last = this.#parts.at(-1)
    if (tail === undefined || last === undefined || tail.pieces.length === 1) return
    this.#parts[this.#parts.length - 1] = { ...last, text: tail.pieces.join('') }
  }
}

function proofOf(open: OpenPart, start: PartStart & { readonly kind: 'reasoning' }): Proof {
  const { from = 'gemini', signature, encrypted } = open
  return {
    from,
    ...(signature === undefined ? {} : { signature }),
    ...(encrypted === undefined ? {} : { encrypted }),
    ...(start.id === undefined ? {} : { id: start.id }),
    ...(start.isRedacted === undefined ? {} : { isRedacted: start.isRedacted }),
  }
}
