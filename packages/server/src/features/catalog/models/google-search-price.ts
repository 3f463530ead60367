import type { ModelPrice } from '@ratchet/contract'

/**
 * What Google's own API charges for grounding with its search, which price lists leave out. From its page
 * ai.google.dev/gemini-api/docs/pricing: 14 dollars for a thousand queries of Gemini 3 (as it stood on 2026-10-07), 35
 * dollars for a thousand prompts of Gemini 2.5 that searched, however often (2026-09-20). How much of it was free in a
 * month or day, nobody can tell from here. Other generations have no price that we could verify.
 */
const byGeneration: Readonly<
  Record<string, { readonly price: Partial<ModelPrice>; readonly readOn: string }>
> = {
  '3': { price: { searchNano: 14_000_000 }, readOn: '2026-10-07' },
  '2.5': { price: { searchCallNano: 35_000_000 }, readOn: '2026-09-20' },
}

/** The price of a model of Google's own API with its search; others as they are. */
export function withGoogleSearch(price: ModelPrice, model: string): ModelPrice {
  const [, whole = '', point = ''] = /^(?:models\/)?gemini-(\d+)(\.\d+)?-/u.exec(model) ?? []
  // Minor versions of Gemini 3 are charged alike, those of Gemini 2 are not.
  const found = byGeneration[whole === '3' ? whole : `${whole}${point}`]
  if (found === undefined || price.searchNano !== undefined) return price
  const { source = 'list' } = price
  return { ...price, ...found.price, source: `${source}, search: ai.google.dev ${found.readOn}` }
}
