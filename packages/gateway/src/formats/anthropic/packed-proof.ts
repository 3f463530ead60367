import type { ContentPart, FormatName, TextPart, ToolCallPart } from '../../neutral/content.ts'
import { packProof } from '../../neutral/proof.ts'
import type { JsonObject } from '../parse-json.ts'

const callPrefix = 'call:'
const textId = 'text'

/**
 * Gemini signs calls and texts, which Anthropic's format has no place for. A client gets the signature as a
 * `redacted_thinking` block after the signed one, which it sends back as it is.
 */
export function proofBlock(part: TextPart | ToolCallPart): JsonObject | undefined {
  if (part.signature === undefined) return undefined
  const from = part.kind === 'tool-call' ? (part.from ?? 'gemini') : 'gemini'
  return packedBlock(from, part.signature, part.kind === 'tool-call' ? part.id : undefined)
}

/** The block for the signature of a call, or of the text before it when no call is named. */
export function packedBlock(from: FormatName, signature: string, callId?: string): JsonObject {
  const id = callId === undefined ? textId : callPrefix + callId
  return { type: 'redacted_thinking', data: packProof({ from, signature, id }) }
}

/** Puts signatures that {@link proofBlock} packed back on the calls and texts they belong to. */
export function restoreProofs(parts: readonly ContentPart[]): readonly ContentPart[] {
  if (!parts.some(isPacked)) return parts
  const restored: ContentPart[] = []
  for (const part of parts) {
    if (part.kind !== 'reasoning' || !isPacked(part)) {
      restored.push(part)
      continue
    }
    const at = restored.findLastIndex((candidate) => isSignedBy(candidate, part.id))
    const signed = restored[at]
    if (signed?.kind === 'text') restored[at] = { ...signed, signature: part.signature }
    else if (signed?.kind === 'tool-call')
      restored[at] = { ...signed, signature: part.signature, from: part.from }
  }
  return restored
}

function isPacked(part: ContentPart): boolean {
  return (
    part.kind === 'reasoning' &&
    part.from !== 'anthropic' &&
    part.id !== undefined &&
    (part.id === textId || part.id.startsWith(callPrefix))
  )
}

function isSignedBy(candidate: ContentPart, id: string | undefined): boolean {
  if (id === textId) return candidate.kind === 'text'
  return candidate.kind === 'tool-call' && id === callPrefix + candidate.id
}
