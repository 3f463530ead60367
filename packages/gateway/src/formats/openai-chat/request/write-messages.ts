import type {
  ContentPart,
  MediaPart,
  OtherPart,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from '../../../neutral/content.ts'
import type { Message } from '../../../neutral/neutral-request.ts'
import { leaveOut } from '../../../neutral/errors/unsupported.ts'
import { toChatCall } from '../../openai/custom-tool.ts'
import type { Body } from '../../openai/writing.ts'
import { nineLetterCallId } from '../call-id.ts'
import { writeCallProof } from '../tool-call.ts'
import type { ChatWriting } from './chat-writing.ts'
import { writeContent } from './write-content.ts'
import { writeThoughts } from './write-thoughts.ts'

/** What tools gave that a `tool` message cannot hold, and whose it is. */
type Attachment = { readonly callId: string; readonly media: readonly MediaPart[] }

/** Messages of chat completions, in their order. */
export function writeMessages(writing: ChatWriting): readonly Body[] {
  const written: Body[] = []
  let attachments: Attachment[] = []
  for (const [index, message] of writing.request.messages.entries()) {
    const results = message.content.filter((part) => part.kind === 'tool-result')
    if (results.length === 0 && attachments.length > 0) {
      // Results of one turn stand together; only then may another message follow.
      written.push(attachmentMessage(attachments, writing))
      attachments = []
    }
    for (const result of results) {
      written.push(writeResult(result, message, writing))
      const media = result.content.filter((part) => part.kind !== 'text')
      if (media.length > 0) attachments.push({ callId: result.callId, media })
    }
    const rest =
      results.length === 0 ? message.content : message.content.filter((part) => part.kind !== 'tool-result')
    if (results.length > 0 && rest.length === 0) continue
    const other = writeOther(message, rest, { writing, param: `messages[${index}].content` })
    if (other !== undefined) written.push(other)
  }
  if (attachments.length > 0) written.push(attachmentMessage(attachments, writing))
  return written
}

type Place = { readonly writing: ChatWriting; readonly param: string }

function writeOther(message: Message, content: readonly ContentPart[], place: Place): Body | undefined {
  const { role } = message
  if (role === 'assistant') return writeAssistant(message, content, place)
  const isSystem = role === 'developer' && place.writing.options.abilities.developerRole === false
  const written: Body = {
    role: isSystem ? 'system' : role === 'tool' ? 'user' : role,
    content: writeContent(content, place.writing, place.param),
  }
  return finish(written, message, place.writing)
}

function writeResult(result: ToolResultPart, message: Message, writing: ChatWriting): Body {
  const texts = result.content.filter((part): part is TextPart => part.kind === 'text')
  // The mark of a result goes to its last text, the only place for it.
  const last = texts.length - 1
  const marked =
    result.cache === undefined || last < 0
      ? texts
      : texts.map((text, at) => (at === last ? { ...text, cache: result.cache } : text))
  const written: Body = {
    role: 'tool',
    tool_call_id: writeCallId(result.callId, writing),
    content: writeContent(marked, writing, 'messages'),
  }
  if (writing.isOwn && result.name !== undefined) written['name'] = result.name
  return finish(written, message, writing)
}

/** Images and files that tools gave: chat completions take them from a user only. */
function attachmentMessage(attachments: readonly Attachment[], writing: ChatWriting): Body {
  const parts: ContentPart[] = []
  for (const { callId, media } of attachments) {
    parts.push({ kind: 'text', text: `Files that tool call ${callId} gave:` })
    parts.push(...media)
  }
  return { role: 'user', content: writeContent(parts, writing, 'messages') }
}

/** Undefined when nothing that was said can be told to this provider. */
function writeAssistant(message: Message, content: readonly ContentPart[], place: Place): Body | undefined {
  const { writing, param } = place
  const said: ContentPart[] = []
  const calls: Body[] = []
  const thoughts: ReasoningPart[] = []
  let refusal = ''
  for (const part of content) {
    if (part.kind === 'reasoning') thoughts.push(part)
    else if (part.kind === 'refusal') refusal += part.text
    else if (part.kind === 'tool-call') calls.push(writeCall(part, writing))
    else if (part.kind === 'other' && isCustomCall(part)) calls.push(toChatCall(part.value))
    else if (part.kind === 'image')
      leaveOut(writing, param, 'Send an image of an assistant as one of the user')
    else said.push(part)
  }
  const text = writeSaid(said, place)
  const hasThoughts = thoughts.length > 0
  if (
    text === '' &&
    calls.length === 0 &&
    refusal === '' &&
    content.length > 0 &&
    message.extra === undefined
  )
    if (!hasThoughts || writing.thoughtsField === 'none') return undefined
  const written: Body = {
    role: 'assistant',
    content: text === '' && (calls.length > 0 || refusal !== '') ? null : text,
  }
  if (refusal !== '') written['refusal'] = refusal
  if (calls.length > 0) written['tool_calls'] = calls
  if (hasThoughts) writeThoughts(written, thoughts, writing)
  return finish(written, message, writing)
}

/** One text, because many servers know no other form of what an assistant said; marks need the list. */
function writeSaid(parts: readonly ContentPart[], { writing, param }: Place): string | Body[] {
  const isPlain = parts.every(
    (part) =>
      part.kind === 'text' &&
      (part.cache === undefined || writing.cacheStyle === 'none') &&
      (part.extra === undefined || !writing.isOwn),
  )
  if (!isPlain) return writeContent(parts, writing, param)
  let text = ''
  for (const part of parts) if (part.kind === 'text') text += part.text
  return text
}

function writeCall(part: ToolCallPart, writing: ChatWriting): Body {
  const name = writing.names.write(part.name)
  const call: Body = {
    id: writeCallId(part.id, writing),
    type: 'function',
    function: { name, arguments: part.arguments === '' ? '{}' : part.arguments },
  }
  if (part.signature !== undefined && part.from === 'openai-chat' && writing.thoughtsField !== 'none')
    call['extra_content'] = writeCallProof(part.signature, part.from)
  if (writing.isOwn && part.extra !== undefined) Object.assign(call, part.extra)
  return call
}

function writeCallId(id: string, { options }: ChatWriting): string {
  return options.abilities.nineLetterCallIds === true ? nineLetterCallId(id) : id
}

function isCustomCall({ format, value }: OtherPart): boolean {
  const { type } = value
  return format === 'openai-chat'
    ? type === 'custom'
    : format === 'openai-responses' && type === 'custom_tool_call'
}

function finish(written: Body, message: Message, writing: ChatWriting): Body {
  if (message.name !== undefined) written['name'] = message.name
  if (writing.isOwn && message.extra !== undefined) Object.assign(written, message.extra)
  return written
}
