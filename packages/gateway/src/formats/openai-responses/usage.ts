import type { NeutralUsage } from '../../neutral/neutral-answer.ts'
import { countField, objectField } from '../../neutral/json-field.ts'
import { isJsonObject, type JsonObject } from '../parse-json.ts'
import { readToolUse } from './tool-use.ts'

/**
 * What a response used: its token counts, and what its tools did, which the provider charges for beside them.
 * Undefined when there are no counts.
 */
export function readUsage(response: JsonObject): NeutralUsage | undefined {
  const { usage: value } = response
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
    ...readToolUse(response),
  }
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
