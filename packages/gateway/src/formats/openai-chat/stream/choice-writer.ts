import type { Citation, FormatName, MediaPart } from '../../../neutral/content.ts'
import { toDataUrl } from '../../../neutral/media/data-url.ts'
import type { NeutralEvent, PartStart } from '../../../neutral/neutral-answer.ts'
import { customCallId, toChatCall } from '../../openai/custom-tool.ts'
import type { JsonObject } from '../../parse-json.ts'
import { writeAnnotation } from '../annotation.ts'
import { nativeFinishReason, writeFinishReason } from '../finish-reason.ts'
import { writeDetail, writeTextProof } from '../reasoning-details.ts'
import { writeCallProof } from '../tool-call.ts'

type ChoiceEvent = Extract<NeutralEvent, { choice: number }>
type Proof = Extract<NeutralEvent, { kind: 'part-proof' }>

type Part = {
  readonly start: PartStart
  /** Number of a call among the calls; -1 for other parts. */
  readonly call: number
  /** Where a text begins in the message. */
  readonly offset: number
  /** Thoughts so far: their proof is written together with them. */
  text: string
  hasText: boolean
}

/** Every delta of a call has its function: Python's clients fall over one that has none. */
const noArguments = { function: { arguments: '' } }

/** One choice of a stream: each event becomes the JSON of a choice with its delta, or nothing. */
export class ChoiceWriter {
  readonly index: number
  readonly #usesFunctions: boolean
  readonly #parts: (Part | undefined)[] = []
  #hasRole = false
  #textLength = 0
  #calls = 0
  #details = 0
  #hasRefusal = false
  #isFinished = false

  /** `usesFunctions`: the client knows `function_call` and no `tool_calls`. */
  constructor(index: number, usesFunctions: boolean) {
    this.index = index
    this.#usesFunctions = usesFunctions
  }

  take(event: ChoiceEvent, logprobs: JsonObject | undefined): string {
    switch (event.kind) {
      case 'part-start':
        return this.#begin(event.part, event.start)
      case 'part-delta':
        return this.#delta(this.#parts[event.part], event.text, logprobs)
      case 'part-transcript':
        return this.#choice(`"audio":${JSON.stringify({ transcript: event.text })}`)
      case 'part-proof':
        return this.#prove(this.#parts[event.part], event)
      case 'part-citation':
        return this.#cite(this.#parts[event.part], event.citation)
      case 'part-end':
        return this.#endPart(this.#parts[event.part], event.extra)
      case 'logprobs':
        return this.#choice('', event.logprobs)
      case 'choice-fields':
        return event.other.format === 'openai-chat' ? this.#fields(event.other.value) : ''
      case 'finish':
        return this.#finish(event)
    }
  }

  /** A choice that never said why it ended has stopped. */
  close(): string {
    return this.#finish({ finish: 'stop', finishRaw: 'stop' })
  }

  #begin(number: number, start: PartStart): string {
    const isCall =
      start.kind === 'tool-call' || (start.kind === 'other' && customCallId(start.value) !== undefined)
    const part: Part = {
      start,
      call: isCall ? this.#calls++ : -1,
      offset: this.#textLength,
      text: '',
      hasText: false,
    }
    this.#parts[number] = part
    if (start.kind === 'refusal') this.#hasRefusal = true
    if (start.kind === 'audio') return this.#choice(`"audio":${JSON.stringify({ id: start.id })}`)
    if (start.kind === 'image') return this.#image(start)
    if (!isCall) return ''
    if (start.kind === 'tool-call') {
      const named = { name: start.name, arguments: '' }
      if (this.#usesFunctions) return part.call > 0 ? '' : this.#function(named)
      return this.#call(part, { id: start.id, type: 'function', function: named })
    }
    return this.#call(part, start.kind === 'other' ? toChatCall(start.value) : {})
  }

  #delta(part: Part | undefined, text: string, logprobs: JsonObject | undefined): string {
    if (part === undefined) return ''
    part.hasText = true
    switch (part.start.kind) {
      case 'text':
        this.#textLength += text.length
        return this.#choice(`"content":${JSON.stringify(text)}`, logprobs)
      case 'refusal':
        return this.#choice(`"refusal":${JSON.stringify(text)}`, logprobs)
      case 'reasoning':
        part.text += text
        return this.#choice(`"reasoning_content":${JSON.stringify(text)}`, logprobs)
      case 'audio':
        return this.#choice(`"audio":${JSON.stringify({ data: text })}`)
      case 'tool-call':
        if (this.#usesFunctions) return part.call > 0 ? '' : this.#function({ arguments: text })
        return this.#call(part, { function: { arguments: text } })
      default:
        return part.call === -1 ? '' : this.#call(part, { custom: { input: text } })
    }
  }

  /** A thought's proof comes with its whole text, so that clients need not put details together. */
  #prove(part: Part | undefined, proof: Proof): string {
    const from: FormatName = proof.from ?? 'openai-chat'
    const { signature, encrypted } = proof
    if (part?.start.kind === 'tool-call' && signature !== undefined && !this.#usesFunctions)
      return this.#call(part, { ...noArguments, extra_content: writeCallProof(signature, from) })
    if (part?.start.kind === 'text' && signature !== undefined)
      return this.#detail(writeTextProof(signature, this.#details))
    if (part?.start.kind !== 'reasoning') return ''
    const { id, isRedacted, extra } = part.start
    const detail = writeDetail(
      {
        kind: 'reasoning',
        text: part.text,
        from,
        ...(signature === undefined ? {} : { signature }),
        ...(encrypted === undefined ? {} : { encrypted }),
        ...(id === undefined ? {} : { id }),
        ...(isRedacted === undefined ? {} : { isRedacted }),
        ...(extra === undefined ? {} : { extra }),
      },
      this.#details,
    )
    return detail === undefined ? '' : this.#detail(detail)
  }

  #detail(detail: JsonObject): string {
    this.#details++
    return this.#choice(`"reasoning_details":[${JSON.stringify(detail)}]`)
  }

  #cite(part: Part | undefined, citation: Citation): string {
    if (part === undefined) return ''
    const annotation = writeAnnotation(citation, part.offset)
    return annotation === undefined ? '' : this.#choice(`"annotations":[${JSON.stringify(annotation)}]`)
  }

  /** A call without arguments is told as one with none, because clients parse them. */
  #endPart(part: Part | undefined, extra: JsonObject | undefined): string {
    if (part?.start.kind === 'audio' && extra !== undefined)
      return this.#choice(`"audio":${JSON.stringify(extra)}`)
    if (part?.start.kind !== 'tool-call' || part.hasText) return ''
    return this.#delta(part, '{}', undefined)
  }

  #finish(event: Omit<Extract<NeutralEvent, { kind: 'finish' }>, 'kind' | 'choice'>): string {
    if (this.#isFinished) return ''
    this.#isFinished = true
    const { finish, finishRaw } = event
    const ending = { finish, finishRaw, hasToolCalls: this.#calls > 0, hasRefusal: this.#hasRefusal }
    const word = writeFinishReason(ending)
    const native = nativeFinishReason(ending).native_finish_reason
    const reason = this.#usesFunctions && word === 'tool_calls' ? 'function_call' : word
    const delta = this.#hasRole ? '{}' : '{"role":"assistant","content":""}'
    this.#hasRole = true
    const told = native === undefined ? '' : `,"native_finish_reason":${JSON.stringify(native)}`
    return `{"index":${this.index},"delta":${delta},"logprobs":null,"finish_reason":"${reason}"${told}}`
  }

  #image({ source }: MediaPart): string {
    if (source.kind !== 'base64' && source.kind !== 'url') return ''
    const url = source.kind === 'url' ? source.url : toDataUrl(source.mediaType, source.data)
    return this.#choice(`"images":[${JSON.stringify({ type: 'image_url', image_url: { url } })}]`)
  }

  #call(part: Part, fields: JsonObject): string {
    return this.#choice(`"tool_calls":[${JSON.stringify({ index: part.call, ...fields })}]`)
  }

  /** What only this format has, such as the results of Azure's filters; there is at least one. */
  #fields(fields: JsonObject): string {
    return `${this.#choice('').slice(0, -1)},${JSON.stringify(fields).slice(1)}`
  }

  #function(fields: JsonObject): string {
    return this.#choice(`"function_call":${JSON.stringify(fields)}`)
  }

  /** `members` of the delta; the first one of a choice says whose message it is. */
  #choice(members: string, logprobs?: JsonObject): string {
    let delta = members
    if (!this.#hasRole) {
      this.#hasRole = true
      const isText = members.startsWith('"content"')
      delta = `"role":"assistant"${isText ? '' : ',"content":null'}${members === '' ? '' : ','}${members}`
    }
    const told = logprobs === undefined ? 'null' : JSON.stringify(logprobs)
    return `{"index":${this.index},"delta":{${delta}},"logprobs":${told},"finish_reason":null}`
  }
}
