import type { ModelPrice, UsageUnits } from '@ratchet/contract'
import { costNano } from '@ratchet/core/cost'
import { estimateCallTokens } from '@ratchet/core/limits'
import type { ModelRequest } from '../../formats/chat-request.ts'
import type { CallUse } from '../../limits/limit-subjects.ts'
import type { CompiledTarget } from '../../routing/compiled-route.ts'
import { textField } from '../../neutral/json-field.ts'
import type { CallFacts } from '../call-facts.ts'

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
  if (target.price === undefined) return { tokens, costNano: 0 }
  const units = estimateUnits(request, target.price)
  const metered = units === undefined ? usage : { ...usage, ...units }
  return { tokens, costNano: costNano(metered, target.price) }
}

type EstimatedUnits = { readonly units: UsageUnits; readonly imageKind?: string }

const mostImages = 1_000

/** What a request will use of what its price counts besides tokens, as far as it says so itself. */
function estimateUnits({ json, shape }: ModelRequest, price: ModelPrice): EstimatedUnits | undefined {
  const { input, n } = json
  switch (shape.inputField) {
    case 'prompt': {
      if (price.imageNano === undefined && price.imageKindsNano === undefined) return undefined
      const images = typeof n === 'number' && n >= 1 && n <= mostImages ? Math.trunc(n) : 1
      return {
        units: { images },
        imageKind: `${textField(json, 'quality') ?? ''}/${textField(json, 'size') ?? ''}`,
      }
    }
    case 'input':
      if (price.charactersNano === undefined || typeof input !== 'string') return undefined
      return { units: { characters: input.length } }
    case 'documents':
      return price.searchNano === undefined ? undefined : { units: { searches: 1 } }
    default:
      return undefined
  }
}
