import { type PriceOverride, priceOverride } from '@ratchet/contract'
import { formatCount } from '../../../ui/numbers/format-number.ts'
import { mostTiers, type PriceText, type TierText, tokenFields, unitFields } from './price-fields.ts'

type Tier = NonNullable<PriceOverride['tiers']>[number]
type Read<Value> = { readonly value: Value } | { readonly problem: string }

const mostUsd = 1e6

/** The price that was typed, or what is wrong with it, by field and value. */
export function readPrice(
  model: string,
  text: PriceText,
): { readonly override: PriceOverride } | { readonly problem: string } {
  const amounts = readAmounts([...tokenFields, ...unitFields], text)
  if ('problem' in amounts) return amounts
  const kinds = readKinds(text.imageKinds)
  if ('problem' in kinds) return kinds
  const tiers = readTiers(text.tiers)
  if ('problem' in tiers) return tiers
  if (tiers.value.length > 0 && amounts.value['inputUsd'] === undefined)
    return { problem: 'Input: long prompts have a price, so say what shorter ones cost.' }
  const parsed = priceOverride.safeParse({
    model: model.trim(),
    ...amounts.value,
    ...(Object.keys(kinds.value).length === 0 ? {} : { imageKindsUsd: kinds.value }),
    ...(tiers.value.length === 0 ? {} : { tiers: tiers.value }),
  })
  if (parsed.success) return { override: parsed.data }
  const [issue] = parsed.error.issues
  return { problem: issue === undefined ? 'This is no price.' : `${issue.path.join('.')}: ${issue.message}` }
}

function readAmounts<Name extends string>(
  fields: readonly { readonly name: Name; readonly label: string }[],
  text: Readonly<Record<Name, string>>,
): Read<Record<string, number>> {
  const found: Record<string, number> = {}
  for (const { name, label } of fields) {
    const typed = text[name].trim().replace(/^\$/, '')
    if (typed === '') continue
    const value = Number(typed)
    if (!(value >= 0)) return { problem: `${label}: "${typed}" is no price.` }
    const most = name === 'batchShare' ? 1 : mostUsd
    if (value > most) return { problem: `${label}: ${typed} is more than ${formatCount(most)}.` }
    found[name] = value
  }
  return { value: found }
}

function readKinds(text: string): Read<Record<string, number>> {
  const kinds: Record<string, number> = {}
  for (const line of text.split('\n').filter((each) => each.trim() !== '')) {
    const [, kind = '', usd = ''] = /^\s*(\S+?)[\s:=]+\$?([\d.]+)\s*$/.exec(line) ?? []
    if (kind === '') return { problem: `Pictures: write "1024x1024 0.04", not "${line.trim()}".` }
    kinds[kind] = Number(usd)
  }
  return { value: kinds }
}

/** In ascending order, whatever order they were typed in. */
function readTiers(texts: readonly TierText[]): Read<readonly Tier[]> {
  if (texts.length > mostTiers)
    return {
      problem: `There are ${String(texts.length)} prices of long prompts, and ${String(mostTiers)} may be.`,
    }
  const tiers: Tier[] = []
  for (const text of texts) {
    const typed = text.aboveInputTokens.trim()
    const above = readTokens(typed)
    if (above === undefined)
      return { problem: `Above: "${typed}" is no number of tokens; write 200000 or 200k.` }
    const where = `Above ${formatCount(above)} tokens`
    if (tiers.some(({ aboveInputTokens }) => aboveInputTokens === above))
      return { problem: `${where}: there are two such prices; say each once.` }
    const amounts = readAmounts(tokenFields, text)
    if ('problem' in amounts) return { problem: `${where}, ${amounts.problem}` }
    const { inputUsd, outputUsd, ...others } = amounts.value
    if (inputUsd === undefined || outputUsd === undefined)
      return { problem: `${where}: say what ${inputUsd === undefined ? 'input' : 'output'} costs.` }
    tiers.push({ aboveInputTokens: above, inputUsd, outputUsd, ...others })
  }
  return { value: tiers.toSorted((a, b) => a.aboveInputTokens - b.aboveInputTokens) }
}

/** `200000`, `200,000`, `200k`, `1M`. */
function readTokens(typed: string): number | undefined {
  const [, digits = '', unit = ''] = /^(\d[\d,_ ]*)([km]?)$/i.exec(typed) ?? []
  if (digits === '') return undefined
  const count = Number(digits.replaceAll(/[,_ ]/g, '')) * ({ k: 1e3, m: 1e6 }[unit.toLowerCase()] ?? 1)
  return Number.isSafeInteger(count) ? count : undefined
}
