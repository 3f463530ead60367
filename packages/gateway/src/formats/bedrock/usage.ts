import type { NeutralUsage } from '../../neutral/neutral-answer.ts'
import { countField, objectsField } from '../../neutral/json-field.ts'
import type { JsonObject } from '../parse-json.ts'

/** Counts in the contract's terms: Bedrock's `inputTokens` are those beside the cache, whichever model counts. */
export function readUsage(usage: JsonObject): NeutralUsage {
  const cached = countField(usage, 'cacheReadInputTokens') ?? 0
  const written = countField(usage, 'cacheWriteInputTokens') ?? 0
  let hour = 0
  for (const detail of objectsField(usage, 'cacheDetails'))
    if (detail['ttl'] === '1h') hour += countField(detail, 'inputTokens') ?? 0
  return {
    inputTokens: (countField(usage, 'inputTokens') ?? 0) + cached + written,
    outputTokens: countField(usage, 'outputTokens') ?? 0,
    cachedInputTokens: cached,
    cacheWriteTokens: written,
    reasoningTokens: 0,
    ...(hour > 0 ? { cacheWriteHourTokens: Math.min(hour, written) } : {}),
  }
}
