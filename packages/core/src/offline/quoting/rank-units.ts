import { bm25Idf, makeBm25Index } from '../../retrieval/index.ts'
import type { AnswerUnit } from './answer-units.ts'
import { bonusFor } from './question-bonus.ts'
import { hasUnknownName, weighTerms, type Query } from './weigh-terms.ts'

/**
 * A unit with its score, the share of the question (by information) that it and its surroundings speak of,
 * and the question's terms that it has itself.
 */
export type RankedUnit = {
  readonly unit: AnswerUnit
  readonly score: number
  readonly coverage: number
  readonly matched: readonly string[]
}

const headingShare = 0.6
const neighbourShare = 0.25
const neighbourCoverage = 0.5
const unknownNameShare = 0.6

/**
 * Ranks units: BM25 of the unit, plus matches in its headings, plus a share of its neighbours' score, times
 * small bonuses for what the question asks for (a number, a command, a definition) and for passages that the
 * retriever put first.
 */
export function rankUnits(query: Query, units: readonly AnswerUnit[]): RankedUnit[] {
  const index = makeBm25Index(units.map((unit) => unit.terms))
  const vocabulary = new Set(units.flatMap((unit) => [...unit.terms, ...unit.headingTerms]))
  const weights = weighTerms(query, vocabulary)
  // A word that no unit has says no more than one that a single unit has.
  const mostInformation = bm25Idf(units.length, 1)
  const idf = new Map([...weights.keys()].map((term) => [term, Math.min(mostInformation, index.idf(term))]))
  const byTerm = new Map(
    [...weights].map(([term, weight]) => [term, { weight, scores: index.score([term]) }]),
  )
  const own = units.map((unit, at) => {
    let score = 0
    for (const [term, { weight, scores }] of byTerm) {
      score += weight * (scores[at] ?? 0)
      if (unit.headingTerms.includes(term)) score += weight * headingShare * (idf.get(term) ?? 0)
    }
    return score
  })
  const known = hasUnknownName(query.text, vocabulary) ? unknownNameShare : 1
  const total = sum([...weights].map(([term, weight]) => weight * (idf.get(term) ?? 0)))
  return units
    .map((unit, at) => {
      const near = neighboursOf(units, at)
      const spoken = new Set([...unit.terms, ...unit.headingTerms])
      const aside = new Set(near.flatMap((neighbour) => units[neighbour]?.terms ?? []))
      const covered = sum(
        [...weights].map(([term, weight]) => {
          const share = spoken.has(term) ? 1 : aside.has(term) ? neighbourCoverage : 0
          return share * weight * (idf.get(term) ?? 0)
        }),
      )
      const around = neighbourShare * Math.max(0, ...near.map((neighbour) => own[neighbour] ?? 0))
      const bonus = bonusFor(query.text, unit) / (1 + 0.04 * unit.passage)
      return {
        unit,
        score: own[at] === 0 ? 0 : ((own[at] ?? 0) + around) * bonus,
        coverage: total === 0 ? 0 : (known * covered) / total,
        matched: [...weights.keys()].filter((term) => unit.terms.includes(term)),
      }
    })
    .toSorted((a, b) => b.score - a.score || a.unit.passage - b.unit.passage || a.unit.first - b.unit.first)
}

function neighboursOf(units: readonly AnswerUnit[], at: number): number[] {
  const unit = units[at]
  return [at - 2, at - 1, at + 1, at + 2].filter((other) => {
    const near = units[other]
    return (
      near &&
      unit &&
      near.passage === unit.passage &&
      (near.last === unit.first - 1 || near.first === unit.last + 1)
    )
  })
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
