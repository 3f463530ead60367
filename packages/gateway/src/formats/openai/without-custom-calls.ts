import { leaveOut, type Unsupported } from '../../neutral/errors/unsupported.ts'
import type { ContentPart } from '../../neutral/content.ts'
import type { Message, NeutralRequest } from '../../neutral/neutral-request.ts'
import { customCallId } from './custom-tool.ts'

/**
 * The request without calls of custom tools, which only OpenAI's formats have, and without their results, which no
 * provider takes without the call. Throws `model_unsupported` where they may not be dropped.
 */
export function withoutCustomCalls(request: NeutralRequest, target: Unsupported): NeutralRequest {
  if (request.from !== 'openai-chat' && request.from !== 'openai-responses') return request
  const dropped = new Set<string>()
  for (const [index, message] of request.messages.entries()) {
    for (const part of message.content) {
      const id = part.kind === 'other' ? customCallId(part.value) : undefined
      if (id === undefined) continue
      leaveOut(target, `messages[${index}].content`, 'Only OpenAI has calls of custom tools')
      dropped.add(id)
    }
  }
  if (dropped.size === 0) return request
  const messages: Message[] = []
  for (const message of request.messages) {
    const content = message.content.filter((part) => !isDropped(part, dropped))
    if (content.length > 0 || message.content.length === 0) messages.push({ ...message, content })
  }
  return { ...request, messages }
}

function isDropped(part: ContentPart, dropped: ReadonlySet<string>): boolean {
  if (part.kind === 'tool-result') return dropped.has(part.callId)
  return part.kind === 'other' && customCallId(part.value) !== undefined
}
