import type { Usage } from '@ratchet/contract'
import { addUsage, type MeteredUsage } from '@ratchet/core/cost'
import { isJsonObject, parseJsonOr, type JsonObject } from '../formats/parse-json.ts'
import { readUsage as readResponseUsage } from '../formats/openai-responses/usage.ts'
import { readUsage } from '../formats/read-usage.ts'
import { objectField, textField } from '../neutral/json-field.ts'

/** What the requests of a batch used that one model answered. */
export type ModelTally = { readonly usage: Usage; readonly costNano: number; readonly isKnown: boolean }

/** What one request cost; `isKnown` is false when the price leaves something out. */
export type PriceLine = (model: string, usage: MeteredUsage) => Omit<ModelTally, 'usage'>

/** Adds up the lines of an output file. A request that failed was not charged for. */
export class BatchTally {
  readonly #price: PriceLine
  readonly models = new Map<string, ModelTally>()

  constructor(price: PriceLine) {
    this.#price = price
  }

  /** `{"custom_id", "response": {"status_code", "body"}, "error"}`; others are passed over. */
  take(line: string): void {
    const json = line.trim() === '' ? undefined : parseJsonOr(line)
    const response = isJsonObject(json) ? objectField(json, 'response') : undefined
    const body = response && objectField(response, 'body')
    if (body === undefined || Number(response?.['status_code'] ?? 200) >= 300) return
    this.add(textField(body, 'model') ?? '', { ...(usageOf(body) ?? nothing), units: unitsOf(body) })
  }

  add(model: string, usage: MeteredUsage): void {
    const { costNano, isKnown } = this.#price(model, usage)
    const before = this.models.get(model)
    this.models.set(model, {
      usage: before === undefined ? usage : addUsage(before.usage, usage),
      costNano: costNano + (before?.costNano ?? 0),
      isKnown: isKnown && (before?.isKnown ?? true),
    })
  }
}

const nothing: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
}

function usageOf(body: JsonObject): MeteredUsage | undefined {
  return body['object'] === 'response' ? readResponseUsage(body) : readUsage(body['usage'])
}

function unitsOf(body: JsonObject): NonNullable<Usage['units']> {
  return { ...usageOf(body)?.units, requests: 1 }
}
