import type { WriteOptions } from '../../neutral/codec.ts'
import type { CacheMark, FormatName } from '../../neutral/content.ts'
import type { NeutralRequest } from '../../neutral/neutral-request.ts'
import { isJsonObject, type JsonObject } from '../parse-json.ts'

export type CacheStyle = 'cache_control' | 'prompt_cache_breakpoint' | 'none'

/**
 * OpenRouter and LiteLLM take Anthropic's `cache_control` on OpenAI's parts; OpenAI has `prompt_cache_breakpoint`,
 * whose times are others, so that its own form stays among the part's extra fields.
 */
export function readCacheMark(part: JsonObject): CacheMark | undefined {
  const control = part['cache_control']
  if (isJsonObject(control)) {
    const { ttl } = control
    return ttl === '5m' || ttl === '1h' ? { ttl } : {}
  }
  return isJsonObject(part['prompt_cache_breakpoint']) ? {} : undefined
}

/** Marks of other formats are written only where the provider is known to take them. */
export function cacheStyle(request: NeutralRequest, format: FormatName, options: WriteOptions): CacheStyle {
  return options.abilities.cacheMarks ?? (request.from === format ? 'cache_control' : 'none')
}

/** Adds the mark to a part that is being written. */
export function addCacheMark(
  part: Record<string, unknown>,
  mark: CacheMark | undefined,
  style: CacheStyle,
): void {
  if (mark === undefined || style === 'none' || part['prompt_cache_breakpoint'] !== undefined) return
  if (style === 'prompt_cache_breakpoint') part['prompt_cache_breakpoint'] = { mode: 'explicit' }
  else part['cache_control'] = { type: 'ephemeral', ...(mark.ttl === undefined ? {} : { ttl: mark.ttl }) }
}
