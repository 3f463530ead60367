import { extractTerms, isWeakTerm } from '../text-metrics/index.ts'

/** Length of an `offline/embedding` vector. */
export const embeddingDimensions = 384

const wordWeight = 1
const weakWordWeight = 0.3
const pairWeight = 0.7
const trigramWeight = 0.35

/**
 * The model `offline/embedding`: signed feature hashing (Weinberger et al. 2009) of stemmed words, word
 * pairs and character trigrams with 1 + ln(tf), scaled to length 1. Deterministic on every machine, knows
 * spelling but no meaning: "car" and "automobile" are unrelated. Text without a word gives the zero vector.
 */
export function embedText(text: string): Float32Array<ArrayBuffer> {
  const terms = extractTerms(text)
  const counts = new Map<string, number>()
  const add = (feature: string) => counts.set(feature, (counts.get(feature) ?? 0) + 1)
  for (const [index, term] of terms.entries()) {
    const isWeak = isWeakTerm(term)
    add(isWeak ? `v ${term}` : `w ${term}`)
    const next = terms[index + 1]
    if (next !== undefined) add(`p ${term} ${next}`)
    if (isWeak) continue
    const characters = Array.from(`^${term}$`)
    for (let at = 0; at + 3 <= characters.length; at++) add(`c ${characters.slice(at, at + 3).join('')}`)
  }
  const sums = new Float64Array(embeddingDimensions)
  for (const [feature, count] of counts) {
    const hash = hashFeature(feature)
    const slot = (hash >>> 1) % embeddingDimensions
    const signed = hash & 1 ? weightOf(feature) : -weightOf(feature)
    sums[slot] = (sums[slot] ?? 0) + signed * (1 + Math.log(count))
  }
  const length = Math.hypot(...sums)
  return Float32Array.from(sums, (value) => (length === 0 ? 0 : value / length))
}

function weightOf(feature: string): number {
  if (feature.startsWith('w')) return wordWeight
  if (feature.startsWith('v')) return weakWordWeight
  return feature.startsWith('p') ? pairWeight : trigramWeight
}

/** FNV-1a over UTF-16 units with the murmur3 finaliser, because FNV's low bits alone are too regular. */
function hashFeature(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
