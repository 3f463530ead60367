import type { PriceOverride } from '@ratchet/contract'

/** A price as it is typed: a text for each field, empty where nothing is said. */
export type PriceText = Readonly<Record<PriceFieldName | 'imageKinds', string>> & {
  readonly tiers: readonly TierText[]
}
/** Prices of long prompts as they are typed. */
export type TierText = Readonly<Record<TokenFieldName | 'aboveInputTokens', string>>
export type TokenFieldName = (typeof tokenFields)[number]['name']
export type PriceFieldName = TokenFieldName | (typeof unitFields)[number]['name']

/** US dollars for a million tokens. */
export const tokenFields = [
  { name: 'inputUsd', label: 'Input' },
  { name: 'outputUsd', label: 'Output' },
  { name: 'cachedInputUsd', label: 'Cached input' },
  { name: 'cacheWriteUsd', label: 'Cache write' },
  { name: 'cacheWriteHourUsd', label: 'Cache write, 1 hour' },
  { name: 'audioInputUsd', label: 'Audio in' },
  { name: 'audioOutputUsd', label: 'Audio out' },
  { name: 'imageInputUsd', label: 'Image in' },
  { name: 'imageOutputUsd', label: 'Image out' },
] as const

/** US dollars for one of each. */
export const unitFields = [
  { name: 'requestUsd', label: 'Call' },
  { name: 'imageUsd', label: 'Picture' },
  { name: 'audioHourUsd', label: 'Hour of sound' },
  { name: 'charactersUsd', label: '1M characters' },
  { name: 'searchUsd', label: 'Search' },
  { name: 'searchCallUsd', label: 'Call that searches' },
  { name: 'fileSearchUsd', label: 'Search of files' },
  { name: 'containerUsd', label: 'Container of code' },
  { name: 'batchShare', label: 'Batch, share of price' },
] as const

/** What nearly every tier says; its other prices have a field where the price above or the tier itself has them. */
const usualInTiers: readonly TokenFieldName[] = ['inputUsd', 'outputUsd', 'cachedInputUsd', 'cacheWriteUsd']

export const mostTiers = 10

/** What a price says, to be changed. */
export function textOfPrice(price: PriceOverride | undefined): PriceText {
  const kinds = Object.entries(price?.imageKindsUsd ?? {})
  return {
    ...textsOf(tokenFields, price),
    ...textsOf(unitFields, price),
    imageKinds: kinds.map(([kind, usd]) => `${kind} ${String(usd)}`).join('\n'),
    tiers: (price?.tiers ?? []).map((tier) => ({
      ...textsOf(tokenFields, tier),
      aboveInputTokens: String(tier.aboveInputTokens),
    })),
  }
}

export function blankTier(): TierText {
  return { ...textsOf(tokenFields, undefined), aboveInputTokens: '' }
}

export function tierFields(text: PriceText, tier: TierText): readonly (typeof tokenFields)[number][] {
  return tokenFields.filter(
    ({ name }) => usualInTiers.includes(name) || text[name].trim() !== '' || tier[name].trim() !== '',
  )
}

function textsOf<Name extends string>(
  fields: readonly { readonly name: Name }[],
  price: { readonly [Field in Name]?: number | undefined } | undefined,
): Record<Name, string> {
  const texts = fields.map(({ name }) => [name, String(price?.[name] ?? '')])
  return Object.fromEntries(texts) as Record<Name, string>
}
