import type { FormatName, OtherPart } from '../../../neutral/content.ts'
import type { NeutralEvent, PartStart } from '../../../neutral/neutral-answer.ts'
import { objectField, textField } from '../../../neutral/json-field.ts'
import { parseJsonOr, type JsonObject } from '../../parse-json.ts'
import { readCitation } from '../citation.ts'
import { readBlock } from '../read-block.ts'
import { answerToolName } from '../request/structured-output.ts'

type BlockKind = 'text' | 'reasoning' | 'tool-call' | 'other'

/** A block between its start and its stop, which is a part of the answer. */
export class OpenBlock {
  readonly kind: BlockKind
  readonly #part: number
  /** `input` of the start: what a call without deltas has for arguments. */
  readonly #input: unknown
  readonly #other: OtherPart | undefined
  #textLength = 0
  #arguments: string[] | undefined
  #signature = ''

  constructor(kind: BlockKind, part: number, block: JsonObject, other?: OtherPart) {
    this.kind = kind
    this.#part = part
    this.#input = block['input']
    this.#other = other
    if (other !== undefined) this.#arguments = []
  }

  /** Undefined for a delta that has no neutral form. */
  takeDelta(delta: JsonObject): readonly NeutralEvent[] | undefined {
    switch (delta['type']) {
      case 'text_delta':
        return this.#text(delta['text'])
      case 'input_json_delta':
        return this.#text(delta['partial_json'])
      case 'thinking_delta':
        return this.#text(delta['thinking'])
      case 'signature_delta':
        this.#signature += textField(delta, 'signature') ?? ''
        return []
      case 'citations_delta': {
        const value = objectField(delta, 'citation')
        if (value === undefined) return []
        const citation = readCitation(value, this.#textLength)
        return [{ kind: 'part-citation', choice: 0, part: this.#part, citation }]
      }
      default:
        return undefined
    }
  }

  close(): readonly NeutralEvent[] {
    const place = { choice: 0, part: this.#part }
    const events: NeutralEvent[] = []
    if (this.#signature !== '') events.push(proof({ ...place, signature: this.#signature }))
    const hasNone = this.#textLength === 0 && this.#input !== undefined
    // A call without arguments comes without deltas; it is called with `{}` (A4.33).
    if (hasNone && this.#other === undefined)
      events.push({ kind: 'part-delta', ...place, text: JSON.stringify(this.#input ?? {}) })
    const final = this.#final()
    events.push({ kind: 'part-end', ...place, ...(final === undefined ? {} : { final }) })
    return events
  }

  #text(text: unknown): readonly NeutralEvent[] {
    if (typeof text !== 'string' || text === '') return []
    this.#textLength += text.length
    this.#arguments?.push(text)
    return [{ kind: 'part-delta', choice: 0, part: this.#part, text }]
  }

  /** A block of Anthropic's own as it stands at its end. */
  #final(): JsonObject | undefined {
    if (this.#other === undefined || this.#arguments === undefined || this.#textLength === 0) return undefined
    const input = parseJsonOr(this.#arguments.join(''))
    return input === undefined ? undefined : { ...this.#other.value, input }
  }
}

type Opened = { readonly block: OpenBlock; readonly events: readonly NeutralEvent[] }

/** Opens the part for a block that starts; undefined when the block lacks what its type needs. */
export function openBlock(block: JsonObject, part: number): Opened | undefined {
  const place = { choice: 0, part }
  const type = block['type']
  const begin = (kind: BlockKind, start: PartStart, ...more: NeutralEvent[]): Opened => ({
    block: new OpenBlock(kind, part, block, start.kind === 'other' ? start : undefined),
    events: [{ kind: 'part-start', ...place, start }, ...more],
  })
  const content = readBlock(
    type === 'thinking' ? { thinking: '', ...block } : type === 'text' ? { text: '', ...block } : block,
  )
  switch (content?.kind) {
    case 'text': {
      const text = deltas(place, content.text)
      const citations = content.citations?.map((citation): NeutralEvent => ({
        kind: 'part-citation',
        ...place,
        citation,
      }))
      return begin('text', { kind: 'text', ...extraOf(content) }, ...text, ...(citations ?? []))
    }
    case 'reasoning': {
      const { signature, encrypted, isRedacted, id, from } = content
      const start = {
        kind: 'reasoning' as const,
        ...(id === undefined ? {} : { id }),
        ...(isRedacted === true ? { isRedacted } : {}),
        ...extraOf(content),
      }
      const hasProof = signature !== undefined || encrypted !== undefined
      const proofs = hasProof ? [proof({ ...place, from, signature, encrypted })] : []
      return begin('reasoning', start, ...deltas(place, content.text), ...proofs)
    }
    case 'tool-call':
      // The arguments of the answer's own tool are the answer.
      if (content.name === answerToolName) return begin('text', { kind: 'text' })
      return begin('tool-call', {
        kind: 'tool-call',
        id: content.id,
        name: content.name,
        ...extraOf(content),
      })
    case 'other':
      return begin('other', content)
    case 'image':
    case 'file':
      return begin('other', { kind: 'other', format: 'anthropic', value: block })
    default:
      return undefined
  }
}

type Place = { readonly choice: number; readonly part: number }

function deltas(place: Place, text: string): readonly NeutralEvent[] {
  return text === '' ? [] : [{ kind: 'part-delta', ...place, text }]
}

function extraOf(part: { readonly extra?: JsonObject | undefined }): { extra?: JsonObject } {
  return part.extra === undefined ? {} : { extra: part.extra }
}

type ProofParts = Place & {
  readonly from?: FormatName
  readonly signature?: string | undefined
  readonly encrypted?: string | undefined
}

function proof({ choice, part, from = 'anthropic', signature, encrypted }: ProofParts): NeutralEvent {
  return {
    kind: 'part-proof',
    choice,
    part,
    from,
    ...(signature === undefined ? {} : { signature }),
    ...(encrypted === undefined ? {} : { encrypted }),
  }
}
