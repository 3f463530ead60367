import type { ReasoningPart } from '../../../neutral/content.ts'
import type { JsonObject } from '../../parse-json.ts'
import type { Body } from '../../openai/writing.ts'
import { writeDetail } from '../reasoning-details.ts'
import type { ChatWriting } from './chat-writing.ts'

/**
 * Adds earlier thoughts to a message of the assistant: those of chat providers only, because what proves a thought
 * means something to its own provider alone.
 */
export function writeThoughts(message: Body, thoughts: readonly ReasoningPart[], writing: ChatWriting): void {
  if (writing.thoughtsField === 'none') return
  const own = thoughts.filter((part) => part.from === 'openai-chat')
  const first = own[0]
  if (first === undefined) return
  const field = writing.thoughtsField ?? first.extra?.['field']
  if (field === 'reasoning_details') message[field] = writeDetails(own)
  else message[field === 'reasoning' ? field : 'reasoning_content'] = own.map((part) => part.text).join('')
}

function writeDetails(parts: readonly ReasoningPart[]): readonly JsonObject[] {
  return parts.map((part, index) => {
    const plain = { type: 'reasoning.text', text: part.text, format: 'unknown', index }
    return part.extra?.['detail'] === undefined ? plain : (writeDetail(part, index) ?? plain)
  })
}
