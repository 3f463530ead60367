import type { FormatName } from '../../neutral/content.ts'
import type { JsonObject } from '../parse-json.ts'

/** What OpenAI's two formats call the same in an answer, beside what has a neutral form. */
const sameNames = ['moderation'] as const

/** Fields of an answer that a writer of `target` tells its client: all of its own format, of the sister's what both have. */
export function ownAnswerFields(
  extra: JsonObject | undefined,
  from: FormatName | undefined,
  target: 'openai-chat' | 'openai-responses',
): JsonObject | undefined {
  if (from === target) return extra
  if (extra === undefined || (from !== 'openai-chat' && from !== 'openai-responses')) return undefined
  let shared: Record<string, unknown> | undefined
  for (const name of sameNames) {
    if (extra[name] === undefined) continue
    shared ??= {}
    shared[name] = extra[name]
  }
  return shared
}
