import type { NeutralUsage } from '../../neutral/neutral-answer.ts'
import { countField, objectField, otherFields } from '../../neutral/json-field.ts'
import type { JsonObject } from '../parse-json.ts'

const known = new Set([
  'input_tokens',
  'output_tokens',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
  'cache_creation',
  'output_tokens_details',
  'service_tier',
])

/** Where an answer's `extra` keeps what Anthropic counts besides tokens (searches, place of inference). */
export const usageExtra = 'anthropic_usage'

/** Fields of `usage` that have no neutral form, where they say something. */
export function otherUsage(usage: JsonObject): JsonObject | undefined {
  const rest = otherFields(usage, known)
  if (rest === undefined) return undefined
  const said = Object.entries(rest).filter(([, value]) => value !== null)
  return said.length === 0 ? undefined : Object.fromEntries(said)
}

/**
 * Counts in the contract's terms: Anthropic's `input_tokens` are those beside the cache. `before` is what the same
 * answer said earlier: later counts are totals that replace it, field by field, and absent ones change nothing.
 */
export function readUsage(usage: JsonObject, before?: NeutralUsage): NeutralUsage {
  const cached = countField(usage, 'cache_read_input_tokens') ?? before?.cachedInputTokens ?? 0
  const written = writtenToCache(usage) ?? before?.cacheWriteTokens ?? 0
  const input = countField(usage, 'input_tokens') ?? inputBesideCache(before)
  const details = objectField(usage, 'output_tokens_details')
  const creation = objectField(usage, 'cache_creation')
  const hour =
    (creation === undefined ? undefined : countField(creation, 'ephemeral_1h_input_tokens')) ??
    before?.cacheWriteHourTokens ??
    0
  return {
    inputTokens: input + cached + written,
    outputTokens: countField(usage, 'output_tokens') ?? before?.outputTokens ?? 0,
    cachedInputTokens: cached,
    cacheWriteTokens: written,
    reasoningTokens:
      (details === undefined ? undefined : countField(details, 'thinking_tokens')) ??
      before?.reasoningTokens ??
      0,
    ...(hour > 0 ? { cacheWriteHourTokens: hour } : {}),
    ...readSearches(usage, before),
  }
}

/** Fetched pages are not charged for. */
function readSearches(usage: JsonObject, before: NeutralUsage | undefined): Pick<NeutralUsage, 'units'> {
  const tools = objectField(usage, 'server_tool_use')
  const searches =
    (tools === undefined ? undefined : countField(tools, 'web_search_requests')) ??
    before?.units?.searches ??
    0
  return searches === 0 ? {} : { units: { searches } }
}

/** `usage` for a client, whole; `extra` are the fields that {@link otherUsage} kept. */
export function writeUsage(usage: NeutralUsage | undefined, extra?: JsonObject): JsonObject {
  const written = usage?.cacheWriteTokens ?? 0
  const hour = Math.min(usage?.cacheWriteHourTokens ?? 0, written)
  const reasoning = usage?.reasoningTokens ?? 0
  const searches = usage?.units?.searches ?? 0
  return {
    input_tokens: inputBesideCache(usage),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: usage?.cachedInputTokens ?? 0,
    cache_creation: { ephemeral_5m_input_tokens: written - hour, ephemeral_1h_input_tokens: hour },
    output_tokens: usage?.outputTokens ?? 0,
    output_tokens_details: reasoning > 0 ? { thinking_tokens: reasoning } : null,
    server_tool_use: searches === 0 ? null : { web_search_requests: searches },
    service_tier: null,
    inference_geo: null,
    speed: null,
    ...extra,
  }
}

function inputBesideCache(usage: NeutralUsage | undefined): number {
  if (usage === undefined) return 0
  return Math.max(0, usage.inputTokens - usage.cachedInputTokens - usage.cacheWriteTokens)
}

function writtenToCache(usage: JsonObject): number | undefined {
  const total = countField(usage, 'cache_creation_input_tokens')
  if (total !== undefined) return total
  const creation = objectField(usage, 'cache_creation')
  if (creation === undefined) return undefined
  return (
    (countField(creation, 'ephemeral_5m_input_tokens') ?? 0) +
    (countField(creation, 'ephemeral_1h_input_tokens') ?? 0)
  )
}
