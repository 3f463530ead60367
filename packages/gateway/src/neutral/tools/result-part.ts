import type { ContentPart, MediaPart, TextPart } from '../content.ts'

/** A part as the result of a tool has it: what is neither text nor media is told as JSON. */
export function resultPart(part: ContentPart): TextPart | MediaPart {
  switch (part.kind) {
    case 'text':
    case 'image':
    case 'file':
    case 'audio':
    case 'video':
      return part
    default:
      return { kind: 'text', text: JSON.stringify(part.kind === 'other' ? part.value : part) }
  }
}
