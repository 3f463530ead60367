import type { NeutralUsage } from '../../neutral/neutral-answer.ts'
import { countField, objectField } from '../../neutral/json-field.ts'
import { isJsonObject, type JsonObject } from '../parse-json.ts'

/**
 * What a response used: its token counts, and the searches among its items, which the provider charges for and does
 * not count. Undefined when there are no counts.
 */
export function readUsage({ usage: value, output: items }: JsonObject): NeutralUsage | undefined {
  if (!isJsonObject(value)) return undefined
  const input = countField(value, 'input_tokens')
  const output = countField(value, 'output_tokens')
  if (input === undefined && output === undefined) return undefined
  const inputDetail = objectField(value, 'input_tokens_details') ?? {}
  const outputDetail = objectField(value, 'output_tokens_details') ?? {}
  return {
    inputTokens: input ?? 0,
    outputTokens: output ?? 0,
    cachedInputTokens: countField(inputDetail, 'cached_tokens') ?? 0,
    cacheWriteTokens: countField(inputDetail, 'cache_write_tokens') ?? 0,
    reasoningTokens: countField(outputDetail, 'reasoning_tokens') ?? 0,
    ...readSearches(items),
  }
}

/** Pages that a search opened are not charged for. */
function readSearches(items: unknown): Pick<NeutralUsage, 'units'> {
  let searches = 0
  let fileSearches = 0
  for (const item of Array.isArray(items) ? items : []) {
    if (!isJsonObject(item)) continue
    if (item['type'] === 'file_search_call') fileSearches++
    if (item['type'] !== 'web_search_call') continue
    const action = objectField(item, 'action')
    if (action === undefined || (action['type'] ?? 'search') === 'search') searches++
  }
  if (searches + fileSearches === 0) return {}
  const units = { searches: searches + fileSearches }
  return { units: fileSearches === 0 ? units : { ...units, fileSearches } }
}

/** `usage` for a client; the total is always the sum. */
export function writeUsage(usage: NeutralUsage): JsonObject {
  const { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens, reasoningTokens } = usage
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: cachedInputTokens, cache_write_tokens: cacheWriteTokens },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: inputTokens + outputTokens,
  }
}
