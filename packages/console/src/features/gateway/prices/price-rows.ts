import type { Model, ModelPrice, PriceOverride } from '@ratchet/contract'
import type { PriceState } from './price-states.ts'
import { formatCostNano, formatCount, formatPercent } from '../../../ui/numbers/format-number.ts'

/** A model with what it costs, or a pattern of your own that stands for many. */
export type PriceRow = {
  readonly id: string
  readonly price: ModelPrice | undefined
  /** The override of this very name. */
  readonly own: PriceOverride | undefined
  readonly state: 'own' | 'list' | 'unknown' | 'pattern'
}

/** Patterns first: they decide what others cost. Apps have no price of their own. */
export function priceRows(models: readonly Model[], overrides: readonly PriceOverride[]): PriceRow[] {
  const shown = models.filter(({ connection }) => connection !== 'app')
  const ids = new Set(shown.map(({ id }) => id))
  const patterns = overrides
    .filter(({ model }) => !ids.has(model))
    .map((own): PriceRow => ({ id: own.model, price: undefined, own, state: 'pattern' }))
  const rows = shown.map(({ id, price }): PriceRow => {
    const own = overrides.find(({ model }) => model === id)
    const state = price === undefined ? 'unknown' : price.source === 'override' ? 'own' : 'list'
    return { id, price, own, state }
  })
  return [...patterns, ...rows]
}

export function filterRows(
  rows: readonly PriceRow[],
  { q = '', of }: { readonly q?: string | undefined; readonly of?: PriceState | undefined },
): PriceRow[] {
  const words = q.toLowerCase().split(/\s+/)
  return rows.filter(
    ({ id, state }) =>
      words.every((word) => id.toLowerCase().includes(word)) &&
      (of === undefined || state === of || (of === 'own' && state === 'pattern')),
  )
}

/** What a price has beside text tokens, in words: "picture $0.04, search $0.01". */
export function otherPrices(price: ModelPrice): string {
  const words: string[] = []
  const say = (name: string, nano: number | undefined): void => {
    if (nano !== undefined) words.push(`${name} ${formatCostNano(nano)}`)
  }
  say('cache 1 h', price.cacheWriteHourNano)
  say('audio in', price.audioInputNano)
  say('audio out', price.audioOutputNano)
  say('image in', price.imageInputNano)
  say('image out', price.imageOutputNano)
  say('call', price.requestNano)
  say('picture', price.imageNano)
  for (const [kind, nano] of Object.entries(price.imageKindsNano ?? {})) say(kind, nano)
  say('hour of sound', price.audioHourNano)
  say('1M characters', price.charactersNano)
  say('search', price.searchNano)
  say('call that searches', price.searchCallNano)
  say('file search', price.fileSearchNano)
  say('container', price.containerNano)
  if (price.batchShare !== undefined) words.push(`batch ${formatPercent(price.batchShare)}`)
  for (const { aboveInputTokens, inputNano, outputNano } of price.tiers ?? [])
    words.push(
      `above ${tokensText(aboveInputTokens)} ${formatCostNano(inputNano)} / ${formatCostNano(outputNano)}`,
    )
  return words.join(', ')
}

function tokensText(count: number): string {
  const [size, unit] = count >= 1e6 && count % 1e6 === 0 ? [1e6, 'M'] : [1000, 'k']
  return count > 0 && count % size === 0 ? `${formatCount(count / size)}${unit}` : formatCount(count)
}

export function sourceWords({ state, price, own }: PriceRow): string {
  if (state === 'pattern') return own?.model.endsWith('*') === true ? 'yours, for many' : 'yours, not listed'
  if (state === 'unknown') return 'not known'
  return state === 'own' ? 'your own' : (price?.source ?? 'built in')
}
