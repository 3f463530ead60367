import type { ChatMessage } from '@ratchet/contract'
import type { InputSpec } from '../apps/file-schemas.ts'
import { missingInput } from '../prompts/render-prompt.ts'
import { coerceInput } from './coerce-input.ts'

/** What an entry declares, for filling its inputs. */
export type EntryInputs = {
  readonly path: string
  readonly inputs: Readonly<Record<string, InputSpec>>
  /** Values for a run without any inputs and messages. */
  readonly sample?: Readonly<Record<string, unknown>>
}

export type FilledInputs = {
  readonly values: Readonly<Record<string, unknown>>
  /** The conversation before the message that became an input. */
  readonly history: readonly ChatMessage[]
}

/**
 * Fills the inputs of a flow or prompt: a given value wins, then the last user message for the chat input, then
 * the default. The chat input is the one with `chat: true`, else the only text input that is still without a value.
 * Throws `validation_failed` for a missing input or one of the wrong type.
 */
export function readInputs(
  entry: EntryInputs,
  given: Readonly<Record<string, unknown>>,
  messages: readonly ChatMessage[],
): FilledInputs {
  const isBare = messages.length === 0 && Object.keys(given).length === 0
  const offered = isBare ? (entry.sample ?? {}) : given
  const lastUser = messages.findLastIndex((message) => message.role === 'user')
  const chatInput = lastUser < 0 ? undefined : findChatInput(entry.inputs, offered)
  const values: Record<string, unknown> = {}
  for (const [name, spec] of Object.entries(entry.inputs)) {
    const message = name === chatInput ? messages[lastUser] : undefined
    const value = Object.hasOwn(offered, name) ? offered[name] : message ? textOf(message) : spec.default
    if (value === undefined) throw missingInput(entry.path, name, Object.keys(given))
    values[name] = coerceInput(name, spec.type, value)
  }
  const earlier = chatInput === undefined ? messages : messages.slice(0, lastUser)
  return { values, history: earlier.flatMap(asHistory) }
}

function findChatInput(
  inputs: Readonly<Record<string, InputSpec>>,
  offered: Readonly<Record<string, unknown>>,
): string | undefined {
  const marked = Object.entries(inputs).find(([, spec]) => spec.chat)
  if (marked) return marked[0]
  const open = Object.entries(inputs).filter(
    ([name, spec]) => spec.type === 'string' && spec.default === undefined && !Object.hasOwn(offered, name),
  )
  return open.length === 1 ? open[0]?.[0] : undefined
}

/** The instructions of an app are its own: system messages of a caller are left out. */
function asHistory(message: ChatMessage): ChatMessage[] {
  if (message.role !== 'user' && message.role !== 'assistant') return []
  return [{ role: message.role, content: textOf(message) }]
}

function textOf({ content }: ChatMessage): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content.flatMap((part) => (typeof part['text'] === 'string' ? [part['text']] : [])).join('\n')
}
