import type { UsageUnits } from '@ratchet/contract'
import { formatCount, formatDuration } from './figures.ts'

/** Counts of one call or of many. */
type Counts = Readonly<Partial<Record<(typeof tokenKinds)[number][0], number>>> & UsageUnits

const tokenKinds = [
  ['cacheWriteHourTokens', 'cached for an hour'],
  ['audioInputTokens', 'audio in'],
  ['audioOutputTokens', 'audio out'],
  ['imageInputTokens', 'image in'],
  ['imageOutputTokens', 'image out'],
] as const

/** What was counted beside text tokens, in words: "50 audio in, 2 pictures". Empty for nearly all calls. */
export function usageWords(counts: Counts): string {
  const words: string[] = []
  for (const [name, said] of tokenKinds) {
    const count = counts[name] ?? 0
    if (count > 0) words.push(`${formatCount(count)} ${said}`)
  }
  const say = (count: number | undefined, one: string, many = `${one}s`): void => {
    if (count) words.push(`${formatCount(count)} ${count === 1 ? one : many}`)
  }
  say(counts.images, 'picture')
  if (counts.audioMs) words.push(`${formatDuration(counts.audioMs)} of sound`)
  say(counts.characters, 'character')
  say(counts.searches, 'search', 'searches')
  return words.join(', ')
}
