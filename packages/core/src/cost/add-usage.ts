import type { Usage } from '@ratchet/contract'

const parts = [
  'cacheWriteHourTokens',
  'audioInputTokens',
  'audioOutputTokens',
  'imageInputTokens',
  'imageOutputTokens',
] as const
const units = [
  'images',
  'audioMs',
  'characters',
  'searches',
  'fileSearches',
  'toolImages',
  'containers',
  'requests',
] as const

/** What two calls used together; parts and units that neither counted stay left out. */
export function addUsage(one: Usage, other: Usage): Usage {
  const sum: Usage = {
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    cachedInputTokens: one.cachedInputTokens + other.cachedInputTokens,
    cacheWriteTokens: one.cacheWriteTokens + other.cacheWriteTokens,
    reasoningTokens: one.reasoningTokens + other.reasoningTokens,
  }
  for (const name of parts) {
    const count = (one[name] ?? 0) + (other[name] ?? 0)
    if (count > 0) sum[name] = count
  }
  const together: NonNullable<Usage['units']> = {}
  for (const name of units) {
    const count = (one.units?.[name] ?? 0) + (other.units?.[name] ?? 0)
    if (count > 0) together[name] = count
  }
  if (Object.keys(together).length > 0) sum.units = together
  return sum
}
