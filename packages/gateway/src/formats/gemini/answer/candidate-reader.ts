import type { ContentPart, MediaPart } from '../../../neutral/content.ts'
import type { NeutralEvent, PartStart } from '../../../neutral/neutral-answer.ts'
import type { JsonObject } from '../../parse-json.ts'
import type { CallIds } from '../call-ids.ts'
import { objectField, objectsField, textField } from '../read-field.ts'
import { readPart } from '../read-part.ts'
import { readCitations } from './citations.ts'
import { readFinishReason } from './finish-reasons.ts'
import { readLogprobs } from './logprobs.ts'
import { PartialArguments } from './partial-arguments.ts'
import { readCandidateOther } from './read-answer.ts'

type OpenPart = { readonly kind: 'text' | 'reasoning' | 'audio'; readonly part: number; text: string }

type OpenCall = { readonly part: number; readonly args: PartialArguments }

/** Follows one candidate through the chunks of a stream and tells its parts apart. */
export class CandidateReader {
  readonly index: number
  isFinished = false
  #nextPart = 0
  #open: OpenPart | undefined
  #call: OpenCall | undefined
  #hasCalls = false

  constructor(index: number) {
    this.index = index
  }

  take(candidate: JsonObject, ids: CallIds, events: NeutralEvent[]): void {
    const content = objectField(candidate, 'content')
    if (content !== undefined) {
      for (const part of objectsField(content, 'parts')) this.#takePart(part, ids, events)
    }
    const logprobs = objectField(candidate, 'logprobsResult')
    if (logprobs !== undefined)
      events.push({ kind: 'logprobs', choice: this.index, logprobs: readLogprobs(logprobs) })
    this.#takeCitations(candidate, events)
    const other = readCandidateOther(candidate)
    if (other !== undefined) events.push({ kind: 'choice-fields', choice: this.index, other })
    const raw = textField(candidate, 'finishReason')
    if (raw !== undefined && raw !== '' && !this.isFinished) this.#finish(raw, events)
  }

  #finish(raw: string, events: NeutralEvent[]): void {
    this.#endCall(events)
    this.#end(events)
    this.isFinished = true
    const finish = readFinishReason(raw, this.#hasCalls)
    events.push({ kind: 'finish', choice: this.index, finish, finishRaw: raw })
  }

  #takePart(json: JsonObject, ids: CallIds, events: NeutralEvent[]): void {
    if (this.#takeCallPiece(json, ids, events)) return
    const part = readPart(json, ids)
    switch (part.kind) {
      case 'text':
      case 'reasoning':
        return this.#takeText(part, events)
      case 'tool-call': {
        this.#hasCalls = true
        const { id, name, signature } = part
        return this.#whole({ kind: 'tool-call', id, name }, { text: part.arguments, signature }, events)
      }
      case 'audio':
        return this.#takeAudio(part, events)
      case 'image':
      case 'file':
      case 'video':
        return this.#whole({ ...part, kind: part.kind }, {}, events)
      case 'other':
        return this.#whole(part, {}, events)
    }
  }

  /** Texts go on over chunks until another part comes; a signature ends them, as nothing may join what it signs. */
  #takeText(part: Extract<ContentPart, { kind: 'text' | 'reasoning' }>, events: NeutralEvent[]): void {
    const { text, signature, extra } = part
    if (text === '' && signature === undefined) return
    if (extra !== undefined) this.#end(events)
    const start = { kind: part.kind, ...(extra === undefined ? {} : { extra }) }
    const open = this.#ensure(start, events)
    const place = { choice: this.index, part: open.part }
    if (text !== '') events.push({ kind: 'part-delta', ...place, text })
    open.text += text
    if (signature === undefined) return
    events.push({ kind: 'part-proof', ...place, from: 'gemini', signature })
    this.#end(events)
  }

  #takeAudio(part: MediaPart, events: NeutralEvent[]): void {
    if (part.source.kind !== 'base64') return
    const { mediaType, data } = part.source
    const open = this.#ensure({ kind: 'audio', id: '', mediaType }, events)
    events.push({ kind: 'part-delta', choice: this.index, part: open.part, text: data })
  }

  /** A part that comes in one piece. */
  #whole(
    start: PartStart,
    rest: { text?: string; signature?: string | undefined },
    events: NeutralEvent[],
  ): void {
    this.#end(events)
    const place = { choice: this.index, part: this.#nextPart++ }
    events.push({ kind: 'part-start', ...place, start })
    if (rest.text !== undefined) events.push({ kind: 'part-delta', ...place, text: rest.text })
    if (rest.signature !== undefined) {
      events.push({ kind: 'part-proof', ...place, from: 'gemini', signature: rest.signature })
    }
    events.push({ kind: 'part-end', ...place })
  }

  #ensure(start: PartStart & { readonly kind: OpenPart['kind'] }, events: NeutralEvent[]): OpenPart {
    if (this.#open?.kind === start.kind) return this.#open
    this.#end(events)
    const open = { kind: start.kind, part: this.#nextPart++, text: '' }
    events.push({ kind: 'part-start', choice: this.index, part: open.part, start })
    this.#open = open
    return open
  }

  #end(events: NeutralEvent[]): void {
    if (this.#open === undefined) return
    events.push({ kind: 'part-end', choice: this.index, part: this.#open.part })
    this.#open = undefined
  }

  /** Vertex streams arguments when asked to; a piece names the call only at its beginning. */
  #takeCallPiece(json: JsonObject, ids: CallIds, events: NeutralEvent[]): boolean {
    const call = objectField(json, 'functionCall')
    if (call === undefined) return false
    const isPiece = call['partialArgs'] !== undefined || call['willContinue'] !== undefined
    if (!isPiece && this.#call === undefined) return false
    // The last piece is a call without anything; a call with a name begins the next one.
    if (textField(call, 'name') !== undefined) {
      this.#endCall(events)
      if (!isPiece) return false
    }
    this.#call ??= this.#startCall(json, ids, events)
    this.#call.args.take(call)
    if (call['willContinue'] !== true) this.#endCall(events)
    return true
  }

  #startCall(json: JsonObject, ids: CallIds, events: NeutralEvent[]): OpenCall {
    this.#end(events)
    this.#hasCalls = true
    const read = readPart(json, ids)
    const { id, name, signature } =
      read.kind === 'tool-call' ? read : { id: ids.next(), name: '', signature: undefined }
    const place = { choice: this.index, part: this.#nextPart++ }
    events.push({ kind: 'part-start', ...place, start: { kind: 'tool-call', id, name } })
    if (signature !== undefined) events.push({ kind: 'part-proof', ...place, from: 'gemini', signature })
    return { part: place.part, args: new PartialArguments() }
  }

  #endCall(events: NeutralEvent[]): void {
    if (this.#call === undefined) return
    const place = { choice: this.index, part: this.#call.part }
    events.push({ kind: 'part-delta', ...place, text: this.#call.args.toJson() })
    events.push({ kind: 'part-end', ...place })
    this.#call = undefined
  }

  /** Sources come at the end, while the text that they belong to is still open. */
  #takeCitations(candidate: JsonObject, events: NeutralEvent[]): void {
    const open = this.#open
    if (open === undefined || open.kind !== 'text') return
    for (const { citation } of readCitations(candidate, [{ at: open.part, text: open.text }])) {
      events.push({ kind: 'part-citation', choice: this.index, part: open.part, citation })
    }
  }
}
