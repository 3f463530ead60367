import type { ModelPrice, UsageUnits } from '@ratchet/contract'
import { costNano } from '@ratchet/core/cost'
import { estimateCallTokens } from '@ratchet/core/limits'
import type { ModelRequest } from '../../formats/chat-request.ts'
import type { CallUse } from '../../limits/limit-subjects.ts'
import type { CompiledTarget } from '../../routing/compiled-route.ts'
import { isJsonObject } from '../../formats/parse-json.ts'
import { textField } from '../../neutral/json-field.ts'
import type { CallFacts } from '../call-facts.ts'

/** The estimate takes sizes in bytes, or texts; ours is counted already. */
const bytesPerToken = 4
const limitFields = ['max_completion_tokens', 'max_tokens', 'max_output_tokens', 'maxOutputTokens'] as const
const mostAnswers = 1_000
/** More than any model answers; what a client makes up must not leave the exact integers of a cost. */
const mostOutputTokens = 10_000_000

/** What a call is expected to use, for limits that reserve before and settle after; worked out when a limit asks. */
export class ExpectedUse implements CallUse {
  readonly #request: ModelRequest
  readonly #facts: Pick<CallFacts, 'inputTokens'>
  readonly #target: Pick<CompiledTarget, 'price' | 'connection'>
  #tokens: number | undefined
  #costNano: number | undefined

  constructor(
    request: ModelRequest,
    facts: Pick<CallFacts, 'inputTokens'>,
    target: Pick<CompiledTarget, 'price' | 'connection'>,
  ) {
    this.#request = request
    this.#facts = facts
    this.#target = target
  }

  get tokens(): number {
    return (this.#tokens ??= this.#countTokens())
  }

  get costNano(): number {
    return (this.#costNano ??= this.#price())
  }

  /** What runs within Ratchet costs nothing. */
  get isUnpriced(): boolean {
    const { price, connection } = this.#target
    return price === undefined && connection.provider !== 'offline'
  }

  #countTokens(): number {
    const { json, shape } = this.#request
    const { inputTokens } = this.#facts
    const config = shape.inputField === 'contents' ? json['generationConfig'] : undefined
    const asked = isJsonObject(config) ? config : json
    let maxOutputTokens: number | undefined
    for (const name of limitFields) maxOutputTokens ??= countOf(asked[name])
    const one = estimateCallTokens({ input: inputTokens * bytesPerToken, maxOutputTokens }) - inputTokens
    const answers = Math.min(countOf(json['n']) ?? countOf(asked['candidateCount']) ?? 1, mostAnswers)
    return inputTokens + Math.min(one * answers, mostOutputTokens)
  }

  #price(): number {
    const { price } = this.#target
    if (price === undefined) return 0
    const { inputTokens } = this.#facts
    const outputTokens = this.tokens - inputTokens
    const usage = { inputTokens, outputTokens, cachedInputTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 }
    const units = estimateUnits(this.#request, price)
    return costNano(units === undefined ? usage : { ...usage, ...units }, price)
  }
}

/** What a client gives as a number that counts something. */
function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined
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
