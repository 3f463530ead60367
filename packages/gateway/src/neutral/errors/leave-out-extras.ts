import { isJsonObject, type JsonObject } from '../../formats/parse-json.ts'
import type { ContentPart } from '../content.ts'
import type { NeutralRequest } from '../neutral-request.ts'
import { leaveOut, noteLeftOut, type Unsupported } from './unsupported.ts'

/** Bookkeeping of readers, what no model reads in a history, and marks that each format has in a form of its own. */
const unnoticed: ReadonlySet<string> = new Set([
  'annotations',
  'caller',
  'content',
  'detail',
  'eager_input_streaming',
  'expires_at',
  'field',
  'function',
  'id',
  'index',
  'item',
  'logprobs',
  'prompt_cache_breakpoint',
  'status',
  'transcript',
  'type',
])

const noNames: ReadonlySet<string> = new Set()

/**
 * Names what messages, their parts and tools say in fields that only the client's format has, for a writer of another
 * one; `translated` are those that it has words for. Throws `model_unsupported` for what would be missed.
 */
export function leaveOutExtras(request: NeutralRequest, target: Unsupported, translated = noNames): void {
  const leaving: Leaving = { target, translated }
  for (const [index, message] of request.messages.entries()) {
    const param = `messages[${index}]`
    if (message.name !== undefined) noteLeftOut(target, `${param}.name`)
    leaveOutFields(message.extra, param, leaving)
    for (const part of message.content) leaveOutPart(part, `${param}.content`, leaving)
  }
  for (const [index, tool] of request.tools.entries())
    if (tool.kind === 'function') leaveOutFields(tool.extra, `tools[${index}]`, leaving)
}

type Leaving = { readonly target: Unsupported; readonly translated: ReadonlySet<string> }

function leaveOutPart(part: ContentPart, param: string, leaving: Leaving): void {
  // Thoughts are for their own provider alone, with all that is theirs.
  if (part.kind === 'reasoning' || part.kind === 'refusal' || part.kind === 'other') return
  leaveOutFields(part.extra, param, leaving)
  if (part.kind === 'tool-result') for (const item of part.content) leaveOutFields(item.extra, param, leaving)
}

function leaveOutFields(extra: JsonObject | undefined, param: string, leaving: Leaving): void {
  for (const name in extra) {
    const value = extra[name]
    if (value === null || unnoticed.has(name) || leaving.translated.has(name)) continue
    const hint = hintFor(name, value)
    if (hint === undefined) {
      if (name !== 'source' && !isNothing(name, value)) noteLeftOut(leaving.target, `${param}.${name}`)
    } else leaveOut(leaving.target, `${param}.${name}`, hint)
  }
}

/** What to do about a field without which the question or the answer would be another one. */
function hintFor(name: string, value: unknown): string | undefined {
  switch (name) {
    case 'audio':
      return 'Send what was said as text'
    case 'citations':
      return isJsonObject(value) && value['enabled'] === true ? 'It cites no documents' : undefined
    case 'source':
      return hasOnlyText(value) ? undefined : 'Send the images of a document beside it'
    case 'videoMetadata':
    case 'video_metadata':
      return 'Send the part of the video that is meant'
    default:
      return undefined
  }
}

function isNothing(name: string, value: unknown): boolean {
  return name === 'citations' || name === 'defer_loading' ? !value || isJsonObject(value) : false
}

/** Anthropic's document of blocks, whose text every format gets. */
function hasOnlyText(source: unknown): boolean {
  const content = isJsonObject(source) ? source['content'] : undefined
  return !Array.isArray(content) || content.every((block) => isJsonObject(block) && block['type'] === 'text')
}
