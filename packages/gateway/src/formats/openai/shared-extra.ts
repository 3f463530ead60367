import type { FormatName } from '../../neutral/content.ts'
import type { NeutralRequest } from '../../neutral/neutral-request.ts'
import { isJsonObject, type JsonObject } from '../parse-json.ts'

/** Fields that chat completions and the Responses format call the same. */
const sameNames: ReadonlySet<string> = new Set([
  'prompt_cache_key',
  'prompt_cache_retention',
  'prompt_cache_options',
  'safety_identifier',
  'moderation',
])

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
    else left.push(name)
  }
  return { written, left }
}
