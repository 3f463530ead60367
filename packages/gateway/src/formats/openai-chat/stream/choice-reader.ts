import type { Citation } from '../../../neutral/content.ts'
import type { NeutralEvent, PartStart } from '../../../neutral/neutral-answer.ts'
import { objectField, objectsField, textField } from '../../../neutral/json-field.ts'
import type { JsonObject } from '../../parse-json.ts'
import { readChoiceOther, readImage, thinkingText } from '../answer/read-answer.ts'
import { readAnnotations } from '../annotation.ts'
import { readFinishReason } from '../finish-reason.ts'
import { detailExtra } from '../reasoning-details.ts'
import { AudioReader } from './audio-reader.ts'
import { CallsReader } from './calls-reader.ts'

const noFields: JsonObject = {}

/** The part that texts are added to: chat completions do not say where one ends, so another kind does. */
type Flow = {
  readonly kind: 'text' | 'refusal' | 'reasoning'
  readonly key: string
  readonly part: number
  /** A thought so far, to know it again in the detail that proves it. */
  thought: string
  proven: JsonObject | undefined
}

/** One choice of a stream: turns deltas into parts that begin and end. */
export class ChoiceReader {
  readonly index: number
  readonly #calls: CallsReader
  readonly #audio: AudioReader
  #parts = 0
  #flow: Flow | undefined
  #hasText = false
  #hasRefusal = false
  #isFinished = false

  constructor(index: number, answerId: string) {
    this.index = index
    const nextPart = () => this.#parts++
    this.#calls = new CallsReader({ choice: index, seed: `${answerId}-${index}`, nextPart })
    this.#audio = new AudioReader(index, nextPart)
  }

  get isFinished(): boolean {
    return this.#isFinished
  }

  take(choice: JsonObject, events: NeutralEvent[]): void {
    const delta = objectField(choice, 'delta') ?? objectField(choice, 'message') ?? noFields
    this.#takeThoughts(delta, events)
    this.#takeContent(delta['content'], events)
    const refusal = delta['refusal']
    if (typeof refusal === 'string' && refusal !== '') this.#addText('refusal', refusal, events)
    this.#takeMedia(delta, events)
    this.#takeCalls(delta, events)
    const annotations = readAnnotations(delta['annotations'])
    if (annotations.length > 0) this.#cite(annotations, events)
    const other = readChoiceOther(choice)
    if (other !== undefined) events.push({ kind: 'choice-fields', choice: this.index, other })
    const logprobs = choice['logprobs']
    if (isFilled(logprobs)) events.push({ kind: 'logprobs', choice: this.index, logprobs })
    const reason = choice['finish_reason']
    if (typeof reason === 'string' && reason !== '') this.#finish(reason, choice, events)
  }

  /** Ends what is still open: a sound ends after its choice, and some servers say more after the last word. */
  close(events: NeutralEvent[]): void {
    this.#endFlow(events)
    this.#calls.close(events)
    this.#audio.close(events)
  }

  #takeThoughts(delta: JsonObject, events: NeutralEvent[]): void {
    const details = delta['reasoning_details']
    if (Array.isArray(details) && details.length > 0) {
      for (const detail of objectsField(delta, 'reasoning_details')) this.#takeDetail(detail, events)
      return
    }
    const field = typeof delta['reasoning_content'] === 'string' ? 'reasoning_content' : 'reasoning'
    const text = delta[field]
    if (typeof text !== 'string' || text === '') return
    const start = { kind: 'reasoning', extra: { field } } as const
    this.#delta(this.#flowPart('reasoning', field, events, start), text, events)
    if (this.#flow !== undefined) this.#flow.thought += text
  }

  #takeDetail(detail: JsonObject, events: NeutralEvent[]): void {
    const text = textField(detail, 'text') ?? textField(detail, 'summary') ?? ''
    if (text !== '' && text === this.#flow?.thought) {
      // A gateway like this one tells a thought first, and then again with its proof.
      this.#flow.proven = detailExtra(detail)
      return this.#prove(this.#flow.part, detail, events)
    }
    const key = `${String(detail['type'])}:${String(detail['index'])}`
    const id = textField(detail, 'id')
    const start: PartStart = {
      kind: 'reasoning',
      ...(id === undefined ? {} : { id }),
      extra: detailExtra(detail),
    }
    const part = this.#flowPart('reasoning', key, events, start)
    if (text !== '') this.#delta(part, text, events)
    this.#prove(part, detail, events)
  }

  #prove(part: number, detail: JsonObject, events: NeutralEvent[]): void {
    const signature = textField(detail, 'signature')
    const encrypted = textField(detail, 'data')
    if (signature === undefined && encrypted === undefined) return
    events.push({
      kind: 'part-proof',
      choice: this.index,
      part,
      ...(signature === undefined ? {} : { signature }),
      ...(encrypted === undefined ? {} : { encrypted }),
    })
  }

  #takeContent(content: unknown, events: NeutralEvent[]): void {
    if (typeof content === 'string') {
      if (content !== '') this.#addText('text', content, events)
      return
    }
    if (!Array.isArray(content)) return
    for (const piece of objectsField({ content }, 'content')) {
      const text = textField(piece, 'text') ?? ''
      const thinking = thinkingText(piece)
      if (text !== '') this.#addText('text', text, events)
      if (thinking !== '')
        this.#delta(this.#flowPart('reasoning', 'thinking', events, { kind: 'reasoning' }), thinking, events)
    }
  }

  #takeMedia(delta: JsonObject, events: NeutralEvent[]): void {
    const audio = objectField(delta, 'audio')
    if (audio !== undefined) this.#audio.take(audio, events)
    for (const image of objectsField(delta, 'images')) {
      const read = readImage(image)
      if (read?.kind !== 'image') continue
      const place = { choice: this.index, part: this.#parts++ }
      events.push({ kind: 'part-start', ...place, start: { ...read, kind: 'image' } })
      events.push({ kind: 'part-end', ...place })
    }
  }

  #takeCalls(delta: JsonObject, events: NeutralEvent[]): void {
    const calls = delta['tool_calls']
    if (Array.isArray(calls)) {
      const list = objectsField(delta, 'tool_calls')
      if (list.length > 0) this.#endFlow(events)
      for (const call of list) this.#calls.take(call, events)
    }
    const old = objectField(delta, 'function_call')
    if (old === undefined) return
    this.#endFlow(events)
    this.#calls.take({ index: -1, function: old }, events)
  }

  #addText(kind: 'text' | 'refusal', text: string, events: NeutralEvent[]): void {
    const part = this.#flowPart(kind, kind, events, { kind })
    if (kind === 'text') this.#hasText = true
    else this.#hasRefusal = true
    this.#delta(part, text, events)
  }

  #delta(part: number, text: string, events: NeutralEvent[]): void {
    events.push({ kind: 'part-delta', choice: this.index, part, text })
  }

  /** The part that a text of this kind goes on, or begins. */
  #flowPart(kind: Flow['kind'], key: string, events: NeutralEvent[], start: PartStart): number {
    if (this.#flow?.key === key) return this.#flow.part
    this.#endFlow(events)
    const part = this.#parts++
    this.#flow = { kind, key, part, thought: '', proven: undefined }
    events.push({ kind: 'part-start', choice: this.index, part, start })
    return part
  }

  #endFlow(events: NeutralEvent[]): void {
    if (this.#flow === undefined) return
    const { part, proven } = this.#flow
    const extra = proven === undefined ? {} : { extra: proven }
    events.push({ kind: 'part-end', choice: this.index, part, ...extra })
    this.#flow = undefined
  }

  /** Sources come while their text is open; a text that has ended takes no more. */
  #cite(citations: readonly Citation[], events: NeutralEvent[]): void {
    if (this.#hasText && this.#flow?.kind !== 'text') return
    this.#hasText = true
    const part = this.#flowPart('text', 'text', events, { kind: 'text' })
    for (const citation of citations)
      events.push({ kind: 'part-citation', choice: this.index, part, citation })
  }

  #finish(finishRaw: string, choice: JsonObject, events: NeutralEvent[]): void {
    this.#endFlow(events)
    this.#calls.close(events)
    if (this.#isFinished) return
    this.#isFinished = true
    const stopSequence = textField(choice, 'stop_reason')
    events.push({
      kind: 'finish',
      choice: this.index,
      finish: readFinishReason(finishRaw, this.#calls.hasCalls, this.#hasRefusal),
      finishRaw,
      ...(stopSequence === undefined ? {} : { stopSequence }),
    })
  }
}

/** OpenAI sends `{ content: null, refusal: null }` beside texts without probabilities. */
function isFilled(logprobs: unknown): logprobs is JsonObject {
  if (typeof logprobs !== 'object' || logprobs === null) return false
  return Object.values(logprobs).some((value) => value !== null)
}
