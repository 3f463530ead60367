import type { ReasoningPart } from '../../neutral/content.ts'
import { objectsField, otherFields, textField } from '../../neutral/json-field.ts'
import { unpackProof } from '../../neutral/proof.ts'
import type { JsonObject } from '../parse-json.ts'

const names = new Set(['type', 'id', 'summary', 'content', 'encrypted_content', 'status'])

/** Between the parts of a summary, each of which is a paragraph of its own. */
export const summaryBreak = '\n\n'

/** A `reasoning` item of an answer. */
export function readReasoningItem(item: JsonObject): ReasoningPart {
  const id = textField(item, 'id')
  const encrypted = textField(item, 'encrypted_content')
  const extra = reasoningExtra(item)
  return {
    kind: 'reasoning',
    text: thoughtsOf(item),
    ...(encrypted === undefined ? {} : { encrypted }),
    ...(id === undefined ? {} : { id }),
    from: 'openai-responses',
    ...(extra === undefined ? {} : { extra }),
  }
}

/** A `reasoning` item that a client sends back; what we packed is another format's thought again. */
export function readReasoningInput(item: JsonObject): ReasoningPart {
  const packed = unpackProof(textField(item, 'encrypted_content') ?? '')
  return packed === undefined
    ? readReasoningItem(item)
    : { kind: 'reasoning', text: thoughtsOf(item), ...packed }
}

/** What one text cannot hold: several paragraphs, and thoughts in full beside their summary. */
export function reasoningExtra(item: JsonObject): JsonObject | undefined {
  const summary = objectsField(item, 'summary')
  const content = objectsField(item, 'content')
  const rest = otherFields(item, names)
  if (summary.length < 2 && content.length === 0 && rest === undefined) return undefined
  // A lone paragraph is the text itself, unless the thoughts in full stand beside it.
  const isWhole = summary.length < 2 && (summary.length === 0 || content.length === 0)
  return {
    ...rest,
    ...(isWhole ? {} : { summary }),
    ...(content.length === 0 ? {} : { content }),
  }
}

/** An item for the provider that made it; undefined for a thought that nothing of it is known by. */
export function writeReasoningInput(part: ReasoningPart): JsonObject | undefined {
  const { id, encrypted, text, extra } = part
  if (part.from !== 'openai-responses' || (id === undefined && encrypted === undefined)) return undefined
  const isInContent = extra?.['content'] !== undefined && extra['summary'] === undefined
  return {
    type: 'reasoning',
    ...(id === undefined ? {} : { id }),
    summary: text === '' || isInContent ? [] : [{ type: 'summary_text', text }],
    ...extra,
    ...(encrypted === undefined ? {} : { encrypted_content: encrypted }),
  }
}

function thoughtsOf(item: JsonObject): string {
  const summary = textsOf(item, 'summary').join(summaryBreak)
  return summary === '' ? textsOf(item, 'content').join('') : summary
}

function textsOf(item: JsonObject, name: string): readonly string[] {
  return objectsField(item, name).map((piece) => textField(piece, 'text') ?? '')
}
