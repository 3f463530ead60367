import { costNano } from '@ratchet/core/cost'
import { estimateCallTokens } from '@ratchet/core/limits'
import type { ModelRequest } from '../formats/chat-request.ts'
import type { CallUse } from '../limits/limit-subjects.ts'
import type { CompiledTarget } from '../routing/compiled-route.ts'
import type { CallFacts } from './call-facts.ts'

/** The estimate takes sizes in bytes, or texts; ours is counted already. */
const bytesPerToken = 4
const limitFields = ['max_completion_tokens', 'max_tokens', 'max_output_tokens'] as const

/** What a call is expected to use, for limits that reserve before and settle after. */
export function estimateUse(request: ModelRequest, facts: CallFacts, target: CompiledTarget): CallUse {
  let maxOutputTokens: number | undefined
  for (const name of limitFields) {
    const value = request.json[name]
    if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) maxOutputTokens ??= value
  }
  const { inputTokens } = facts
  const tokens = estimateCallTokens({ input: inputTokens * bytesPerToken, maxOutputTokens })
  const outputTokens = tokens - inputTokens
  const usage = { inputTokens, outputTokens, cachedInputTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 }
  return { tokens, costNano: target.price === undefined ? 0 : costNano(usage, target.price) }
}
