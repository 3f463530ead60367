import { cosineSimilarity, embedText } from '../../retrieval/index.ts'
import { extractTerms } from '../../text-metrics/index.ts'
import { findLabelled, type Evidence } from './evidence.ts'
import { readable } from './flatten-tool-result.ts'
import type { JsonValue } from './json-schema.ts'

const negation =
  /\b(?:no|not|never|none|without|cannot|can't|don't|doesn't|isn't|aren't|won't|wasn't|false|disabled)\b/iu

/** The value whose words occur most, then the one nearest in spelling; the first when nothing speaks for any. */
export function fillEnum(values: readonly JsonValue[], label: string, evidence: Evidence): JsonValue {
  const first = values[0] ?? null
  const stated = findLabelled(label, evidence)?.toLowerCase()
  const counts = new Map<string, number>()
  for (const term of extractTerms(evidence.text)) counts.set(term, (counts.get(term) ?? 0) + 1)
  const vector = embedText(evidence.text)
  let best = first
  let bestScore = 0
  for (const value of values) {
    if (value === null) continue
    const spelled = typeof value === 'string' ? value : JSON.stringify(value)
    const words = readable(spelled)
    const terms = extractTerms(words)
    const hits = terms.map((term) => counts.get(term) ?? 0)
    const share = hits.filter((count) => count > 0).length / Math.max(1, terms.length)
    const named =
      stated !== undefined && (stated.includes(words) || stated.includes(spelled.toLowerCase())) ? 10 : 0
    const score =
      named +
      share * (1 + Math.log1p(Math.max(0, ...hits))) +
      0.2 * Math.max(0, cosineSimilarity(vector, embedText(words)))
    if (score > bestScore + 1e-9) {
      best = value
      bestScore = score
    }
  }
  return best
}

/** True when the sentence that speaks most of the label says so without a negation; false without one. */
export function fillBoolean(label: string, evidence: Evidence): boolean {
  const stated = findLabelled(label, evidence) ?? evidence.about(label)[0]
  if (stated === undefined) return false
  if (/^(?:yes|true|on|enabled)\b/iu.test(stated)) return true
  return !negation.test(stated)
}
