import type { FormatName, TextPart, ToolCallPart } from '../../neutral/content.ts'
import { packProof } from '../../neutral/proof.ts'
import { idOfSignedCall, idOfSignedText } from '../../neutral/restore-proofs.ts'
import type { JsonObject } from '../parse-json.ts'

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
  const id = callId === undefined ? idOfSignedText : idOfSignedCall(callId)
  return { type: 'redacted_thinking', data: packProof({ from, signature, id }) }
}
