import { joinBase64 } from '../../../neutral/media/join-base64.ts'
import type { NeutralEvent, PartStart } from '../../../neutral/neutral-answer.ts'
import { objectField, textField } from '../../../neutral/json-field.ts'
import { answerToolName } from '../../anthropic/request/structured-output.ts'
import type { JsonObject } from '../../parse-json.ts'
import { readCitation } from '../citation.ts'

/** A block between its first word and its stop, which is a part of the answer. */
export class OpenBlock {
  readonly #start: PartStart
  readonly #place: { readonly choice: 0; readonly part: number }
  readonly #isCall: boolean
  #textLength = 0
  #signature = ''
  readonly #redacted: string[] = []

  /** `first` is the block's start, or its first delta, which tells its kind as well. */
  constructor(first: JsonObject, part: number) {
    this.#place = { choice: 0, part }
    const use = objectField(first, 'toolUse')
    const isCall = use !== undefined && use['type'] === undefined
    this.#isCall = isCall
    if (isCall) this.#start = callStart(use)
    else this.#start = startOf(first)
  }

  get kind(): PartStart['kind'] {
    return this.#start.kind
  }

  open(): readonly NeutralEvent[] {
    return [{ kind: 'part-start', ...this.#place, start: this.#start }]
  }

  takeDelta(delta: JsonObject): readonly NeutralEvent[] {
    const use = objectField(delta, 'toolUse')
    if (use !== undefined) return this.#text(use['input'])
    const thought = objectField(delta, 'reasoningContent')
    if (thought !== undefined) {
      this.#signature += textField(thought, 'signature') ?? ''
      const redacted = textField(thought, 'redactedContent')
      if (redacted !== undefined) this.#redacted.push(redacted)
      return this.#text(thought['text'])
    }
    const citation = objectField(delta, 'citation')
    if (citation === undefined) return this.#text(delta['text'])
    return [{ kind: 'part-citation', ...this.#place, citation: readCitation(citation, this.#textLength) }]
  }

  close(): readonly NeutralEvent[] {
    const events: NeutralEvent[] = []
    if (this.#signature !== '')
      events.push({ kind: 'part-proof', ...this.#place, from: 'bedrock', signature: this.#signature })
    if (this.#redacted.length > 0)
      events.push({
        kind: 'part-proof',
        ...this.#place,
        from: 'bedrock',
        encrypted: joinBase64(this.#redacted),
      })
    // A call without arguments comes without deltas; it is called with `{}` (A4.33).
    if (this.#isCall && this.#textLength === 0)
      events.push({ kind: 'part-delta', ...this.#place, text: '{}' })
    events.push({ kind: 'part-end', ...this.#place })
    return events
  }

  #text(text: unknown): readonly NeutralEvent[] {
    if (typeof text !== 'string' || text === '') return []
    this.#textLength += text.length
    return [{ kind: 'part-delta', ...this.#place, text }]
  }
}

/** The arguments of the answer's own tool are the answer. */
function callStart(use: JsonObject): PartStart {
  const name = textField(use, 'name') ?? ''
  if (name === answerToolName) return { kind: 'text' }
  return { kind: 'tool-call', id: textField(use, 'toolUseId') ?? '', name }
}

function startOf(first: JsonObject): PartStart {
  const thought = objectField(first, 'reasoningContent')
  if (thought !== undefined) {
    return { kind: 'reasoning', ...(thought['redactedContent'] === undefined ? {} : { isRedacted: true }) }
  }
  if (first['text'] !== undefined || first['citation'] !== undefined) return { kind: 'text' }
  return { kind: 'other', format: 'bedrock', value: first }
}
