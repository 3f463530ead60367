import type { Usage } from '@ratchet/contract'
import { isJsonObject } from './parse-json.ts'

/**
 * Token counts of an OpenAI-format `usage` object, in our kinds; undefined when it has none. Also reads the
 * cache counts of servers that put them elsewhere. Counts that are not numbers from 0, or absurd, are taken as 0.
 */
export function readUsage(value: unknown): Usage | undefined {
  if (!isJsonObject(value)) return undefined
  const input = value['prompt_tokens'] ?? value['input_tokens']
  const output = value['completion_tokens'] ?? value['output_tokens']
  if (typeof input !== 'number' && typeof output !== 'number') return undefined
  const inputDetails =
    value['prompt_tokens_details'] ?? value['input_tokens_details'] ?? value['input_token_details']
  const outputDetails = value['completion_tokens_details'] ?? value['output_tokens_details']
  const cached = detail(inputDetails, 'cached_tokens') ?? value['prompt_cache_hit_tokens']
  const written =
    detail(inputDetails, 'cache_write_tokens') ??
    detail(inputDetails, 'cache_creation_tokens') ??
    value['cache_creation_input_tokens']
  const usage = {
    inputTokens: count(input),
    outputTokens: count(output),
    cachedInputTokens: count(cached),
    cacheWriteTokens: count(written),
    reasoningTokens: count(detail(outputDetails, 'reasoning_tokens')),
  }
  const searches = value['server_tool_use'] ?? value['num_search_queries']
  const heard = detail(inputDetails, 'audio_tokens')
  const spoken = detail(outputDetails, 'audio_tokens')
  const seen = detail(inputDetails, 'image_tokens')
  const drawn = detail(outputDetails, 'image_tokens')
  // Nearly all calls are text alone, and leave with one object of one shape.
  if (!heard && !spoken && !seen && !drawn && !searches) return usage
  return withParts(usage, { heard, spoken, seen, drawn, searches })
}

/** What only some models count; 0 is not told. */
function withParts(
  usage: Usage,
  told: Readonly<Record<'heard' | 'spoken' | 'seen' | 'drawn' | 'searches', unknown>>,
): Usage {
  const [heard, spoken, seen, drawn] = [told.heard, told.spoken, told.seen, told.drawn].map(count)
  const searches = count(isJsonObject(told.searches) ? told.searches['web_search_requests'] : told.searches)
  return {
    ...usage,
    ...(heard ? { audioInputTokens: heard } : {}),
    ...(spoken ? { audioOutputTokens: spoken } : {}),
    ...(seen ? { imageInputTokens: seen } : {}),
    ...(drawn ? { imageOutputTokens: drawn } : {}),
    ...(searches ? { units: { searches } } : {}),
  }
}

function detail(value: unknown, name: string): unknown {
  return isJsonObject(value) ? value[name] : undefined
}

/** What no call can use; the columns of the store end there too. */
const mostTokens = 2 ** 32

function count(value: unknown): number {
  if (typeof value !== 'number' || value <= 0) return 0
  const whole = Math.round(value)
  return whole < mostTokens ? whole : 0
}
