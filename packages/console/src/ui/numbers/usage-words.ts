import type { UsageUnits } from '@ratchet/contract'
import { formatCount, formatDuration, formatQuantity } from './format-number.ts'

/** Counts of one call or of many. */
type Counts = Readonly<Partial<Record<(typeof tokenKinds)[number][0], number>>> & UsageUnits

const tokenKinds = [
  ['cacheWriteHourTokens', 'cached for an hour'],
  ['audioInputTokens', 'audio in'],
  ['audioOutputTokens', 'audio out'],
  ['imageInputTokens', 'image in'],
  ['imageOutputTokens', 'image out'],
] as const

/** What was counted beside text tokens, in words: "2 pictures, 50 audio in". Empty for nearly all calls. */
export function usageWords(counts: Counts): string {
  const words: string[] = []
  const pictures = (counts.images ?? 0) + (counts.toolImages ?? 0)
  if (pictures > 0) words.push(formatQuantity(pictures, 'picture'))
  if (counts.audioMs) words.push(`${formatDuration(counts.audioMs)} of sound`)
  if (counts.characters) words.push(formatQuantity(counts.characters, 'character'))
  if (counts.searches) words.push(formatQuantity(counts.searches, 'search', 'searches'))
  if (counts.containers) words.push(formatQuantity(counts.containers, 'container'))
  for (const [name, said] of tokenKinds) {
    const count = counts[name] ?? 0
    if (count > 0) words.push(`${formatCount(count)} ${said}`)
  }
  return words.join(', ')
}
