import type { NeutralEvent } from '../../../neutral/neutral-answer.ts'
import { objectField, otherFields, textField } from '../../../neutral/json-field.ts'
import type { JsonObject } from '../../parse-json.ts'
import { callId } from '../call-id.ts'
import { argumentsText, readCallProof } from '../tool-call.ts'

const names = new Set(['id', 'type', 'index', 'function', 'custom', 'extra_content'])

type Call = {
  /** The server's own number; undefined when it gives none. */
  readonly index: number | undefined
  readonly isCustom: boolean
  id: string
  /** -1 until the name is known. */
  part: number
  /** Arguments that came before the name; a custom call's whole input. */
  text: string
  name: string
}

type CallsParts = {
  readonly choice: number
  /** For ids of calls that a server gives none. */
  readonly seed: string
  readonly nextPart: () => number
}

/**
 * The tool calls of a choice. Servers differ: most number calls and say id and name once; some repeat them, leave the
 * number out, send whole calls, or begin again at 0 for every call.
 */
export class CallsReader {
  readonly #parts: CallsParts
  #open: Call[] = []
  #count = 0

  constructor(parts: CallsParts) {
    this.#parts = parts
  }

  get hasCalls(): boolean {
    return this.#count > 0
  }

  take(delta: JsonObject, events: NeutralEvent[]): void {
    const custom = objectField(delta, 'custom')
    const named = objectField(delta, 'function') ?? custom
    const name = named === undefined ? '' : (textField(named, 'name') ?? '')
    const call = this.#find(delta, name) ?? this.#begin(delta, custom !== undefined)
    if (call.name === '') call.name = name
    const text =
      custom === undefined ? argumentsText(named?.['arguments']) : (textField(custom, 'input') ?? '')
    if (call.part === -1) this.#start(call, text, delta, events)
    else this.#add(call, text, events)
    if (call.part !== -1) this.#prove(call, delta, events)
  }

  /** Ends all calls; one that never had a name is none. */
  close(events: NeutralEvent[]): void {
    for (const call of this.#open) {
      if (call.part === -1) continue
      const place = { choice: this.#parts.choice, part: call.part }
      const final = call.isCustom ? { final: customCall(call, call.text) } : {}
      events.push({ kind: 'part-end', ...place, ...final })
    }
    this.#open = []
  }

  #find(delta: JsonObject, name: string): Call | undefined {
    const id = textField(delta, 'id') ?? ''
    const { index } = delta
    if (typeof index !== 'number') {
      if (id !== '') return this.#open.findLast((call) => call.id === id)
      return name === '' ? this.#open.at(-1) : undefined
    }
    const call = this.#open.findLast((open) => open.index === index)
    if (call === undefined || id === '' || call.id === '' || call.id === id || name === '') return call
    // Another id and a name under a number that was used: another call.
    return undefined
  }

  #begin(delta: JsonObject, isCustom: boolean): Call {
    const { index } = delta
    const call: Call = {
      index: typeof index === 'number' ? index : undefined,
      isCustom,
      id: textField(delta, 'id') ?? '',
      part: -1,
      text: '',
      name: '',
    }
    this.#open.push(call)
    return call
  }

  #start(call: Call, text: string, delta: JsonObject, events: NeutralEvent[]): void {
    const { choice, seed, nextPart } = this.#parts
    if (call.id === '') call.id = textField(delta, 'id') ?? ''
    if (call.name === '') {
      call.text += text
      return
    }
    if (call.id === '') call.id = callId(seed, this.#count)
    this.#count++
    call.part = nextPart()
    const before = call.text
    const place = { choice, part: call.part }
    if (call.isCustom) {
      const value = customCall(call, '')
      events.push({ kind: 'part-start', ...place, start: { kind: 'other', format: 'openai-chat', value } })
      call.text = ''
    } else {
      const extra = otherFields(delta, names)
      const { id, name } = call
      const start = { kind: 'tool-call', id, name, ...(extra === undefined ? {} : { extra }) } as const
      events.push({ kind: 'part-start', ...place, start })
    }
    this.#add(call, before + text, events)
  }

  #add(call: Call, text: string, events: NeutralEvent[]): void {
    if (text === '') return
    if (call.isCustom) call.text += text
    events.push({ kind: 'part-delta', choice: this.#parts.choice, part: call.part, text })
  }

  #prove(call: Call, delta: JsonObject, events: NeutralEvent[]): void {
    if (delta['extra_content'] === undefined) return
    const { signature } = readCallProof(delta)
    if (signature === undefined) return
    events.push({
      kind: 'part-proof',
      choice: this.#parts.choice,
      part: call.part,
      from: 'openai-chat',
      signature,
    })
  }
}

function customCall({ id, name }: Call, input: string): JsonObject {
  return { id, type: 'custom', custom: { name, input } }
}
