import type { FormatName } from '../../neutral/content.ts'
import type { NeutralRequest } from '../../neutral/neutral-request.ts'
import { leaveOutField } from '../../neutral/errors/leave-out-field.ts'
import { isJsonObject, type JsonObject } from '../parse-json.ts'
import { isSilent, type Writing } from './writing.ts'

/** Fields that chat completions and the Responses format call the same. */
const sameNames: ReadonlySet<string> = new Set([
  'prompt_cache_key',
  'prompt_cache_retention',
  'prompt_cache_options',
  'safety_identifier',
  'moderation',
])

/** Fields of chat completions that have been read into neutral ones, and stay for servers that know them by name. */
const readNames: ReadonlySet<string> = new Set(['reasoning', 'thinking', 'stream_options'])

export type SharedExtra = {
  readonly written: JsonObject
  /** Names that mean nothing in the other format. */
  readonly left: readonly string[]
}

/** What a request of one of OpenAI's formats says beside its neutral fields, in the words of `target`. */
export function sharedExtra(request: NeutralRequest, target: FormatName): SharedExtra {
  const { extra, from } = request
  const written: Record<string, unknown> = {}
  const left: string[] = []
  const isOpenAi = from === 'openai-chat' || from === 'openai-responses'
  for (const name in extra) {
    const value = extra[name]
    if (isOpenAi && sameNames.has(name)) written[name] = value
    else if (from === 'openai-responses' && name === 'text' && isJsonObject(value)) {
      if (value['verbosity'] !== undefined) written['verbosity'] = value['verbosity']
    } else if (from === 'openai-chat' && target === 'openai-responses' && name === 'verbosity')
      written['text'] = { verbosity: value }
    else if (from !== 'openai-chat' || !readNames.has(name)) left.push(name)
  }
  return { written, left }
}

/** Names what is left out of a request, and refuses it where it would be missed. */
export function leaveOutExtra(writing: Writing, names: readonly string[]): void {
  const { extra } = writing.request
  for (const name of names) if (!isSilent(name, extra[name])) leaveOutField(writing, name, extra[name])
}
