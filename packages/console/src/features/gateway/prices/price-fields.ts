import { type ModelPrice, type PriceOverride, priceOverride } from '@ratchet/contract'

/** A price as it is typed: a text for each field, empty where nothing is said. */
export type PriceText = Readonly<Record<PriceFieldName | 'imageKinds', string>>
export type PriceFieldName = (typeof tokenFields)[number]['name'] | (typeof unitFields)[number]['name']

/** US dollars for a million tokens. */
export const tokenFields = [
  { name: 'inputUsd', label: 'Input', nano: 'inputNano' },
  { name: 'outputUsd', label: 'Output', nano: 'outputNano' },
  { name: 'cachedInputUsd', label: 'Cached input', nano: 'cachedInputNano' },
  { name: 'cacheWriteUsd', label: 'Cache write', nano: 'cacheWriteNano' },
  { name: 'cacheWriteHourUsd', label: 'Cache write, 1 hour', nano: 'cacheWriteHourNano' },
  { name: 'audioInputUsd', label: 'Audio in', nano: 'audioInputNano' },
  { name: 'audioOutputUsd', label: 'Audio out', nano: 'audioOutputNano' },
  { name: 'imageInputUsd', label: 'Image in', nano: 'imageInputNano' },
  { name: 'imageOutputUsd', label: 'Image out', nano: 'imageOutputNano' },
] as const

/** US dollars for one of each. */
export const unitFields = [
  { name: 'requestUsd', label: 'Call', nano: 'requestNano' },
  { name: 'imageUsd', label: 'Picture', nano: 'imageNano' },
  { name: 'audioHourUsd', label: 'Hour of sound', nano: 'audioHourNano' },
  { name: 'charactersUsd', label: '1M characters', nano: 'charactersNano' },
  { name: 'searchUsd', label: 'Search', nano: 'searchNano' },
  { name: 'fileSearchUsd', label: 'Search of files', nano: 'fileSearchNano' },
  { name: 'batchShare', label: 'Batch, share of price', nano: 'batchShare' },
] as const

const fields = [...tokenFields, ...unitFields]

/** What a price says, to be changed. */
export function textOfPrice(price: ModelPrice | undefined): PriceText {
  const kinds = Object.entries(price?.imageKindsNano ?? {})
  const text: Record<string, string> = {
    imageKinds: kinds.map(([kind, nano]) => `${kind} ${plain(nano / 1e9)}`).join('\n'),
  }
  const hasTokens = (price?.inputNano ?? 0) + (price?.outputNano ?? 0) > 0
  for (const { name, nano } of fields) {
    const value = price?.[nano]
    const isNone = value === undefined || (!hasTokens && (nano === 'inputNano' || nano === 'outputNano'))
    text[name] = isNone ? '' : plain(nano === 'batchShare' ? value : value / 1e9)
  }
  return text as PriceText
}

/** The price that was typed, or what is wrong with it. `tiers` are kept: they are changed in the file. */
export function readPrice(
  model: string,
  text: PriceText,
  tiers: PriceOverride['tiers'],
): { readonly override: PriceOverride } | { readonly problem: string } {
  const found: Record<string, unknown> = { model: model.trim() }
  for (const { name, label } of fields) {
    const typed = text[name].trim().replace(/^\$/, '')
    if (typed === '') continue
    const value = Number(typed)
    if (!(value >= 0)) return { problem: `${label}: "${typed}" is no price.` }
    found[name] = value
  }
  const kinds: Record<string, number> = {}
  for (const line of text.imageKinds.split('\n').filter((each) => each.trim() !== '')) {
    const [, kind = '', usd = ''] = /^\s*(\S+?)[\s:=]+\$?([\d.]+)\s*$/.exec(line) ?? []
    if (kind === '') return { problem: `Pictures: write "1024x1024 0.04", not "${line.trim()}".` }
    kinds[kind] = Number(usd)
  }
  if (Object.keys(kinds).length > 0) found['imageKindsUsd'] = kinds
  if (tiers !== undefined) found['tiers'] = tiers
  const parsed = priceOverride.safeParse(found)
  if (parsed.success) return { override: parsed.data }
  const [issue] = parsed.error.issues
  return { problem: issue === undefined ? 'This is no price.' : `${issue.path.join('.')}: ${issue.message}` }
}

/** Dollars without the noise of binary fractions. */
function plain(usd: number): string {
  return String(Number(usd.toPrecision(12)))
}
