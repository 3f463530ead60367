import type { ContentPart } from './content.ts'

const callPrefix = 'call:'

/** The id of a reasoning part that holds nothing but the signature of the text before it. */
export const idOfSignedText = 'text'

/** The id of a reasoning part that holds nothing but the signature of a call. */
export function idOfSignedCall(callId: string): string {
  return callPrefix + callId
}

/** Puts signatures that travelled as parts of their own back on the calls and texts they belong to. */
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
    (part.id === idOfSignedText || part.id.startsWith(callPrefix))
  )
}

function isSignedBy(candidate: ContentPart, id: string | undefined): boolean {
  if (id === idOfSignedText) return candidate.kind === 'text'
  return candidate.kind === 'tool-call' && id === idOfSignedCall(candidate.id)
}
