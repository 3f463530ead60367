import type { AnswerUnit } from './answer-units.ts'
import { asksForCommand } from './question-bonus.ts'
import type { RankedUnit } from './rank-units.ts'
import type { Passage } from './read-passages.ts'

/** What `offline/extractive` says when its context does not answer the question. */
export const offlineAbstention = 'I could not find this in the documents.'

const leastCoverage = 0.4
const longestAnswer = 700
const mostUnits = 3

/** The best units as one text with citation markers, or undefined when none is good enough. */
export function composeAnswer(
  ranked: readonly RankedUnit[],
  units: readonly AnswerUnit[],
  context: { readonly passages: readonly Passage[]; readonly question: string },
): string | undefined {
  const best = ranked.find((candidate) => candidate.score > 0)
  if (!best || best.coverage < leastCoverage) return undefined
  const wantsCode = asksForCommand(context.question)
  const chosen = [preferJoined(best, ranked, wantsCode)]
  const length = () => chosen.reduce((sum, unit) => sum + unit.text.length, 0)
  const add = (unit: AnswerUnit | undefined) => {
    if (!unit || chosen.length >= mostUnits || length() + unit.text.length > longestAnswer) return
    if (!chosen.some((other) => overlaps(other, unit))) chosen.push(unit)
  }
  const first = chosen[0] ?? best.unit
  if (needsSentenceBefore(first))
    add(units.find((unit) => unit.passage === first.passage && unit.last === first.first - 1))
  const matched = new Set(best.matched)
  const isComplete = first.kind === 'code' || first.kind === 'list'
  for (const { unit, score, matched: own } of ranked.slice(0, 8)) {
    if (unit.kind === 'code' && !wantsCode) continue
    const isNear = unit.passage === first.passage && Math.abs(unit.first - first.last) <= 2
    const goesOn = !isComplete && unit.passage === first.passage && unit.first === first.last + 1
    const isNew = own.some((term) => !matched.has(term))
    if (score < (isNear ? 0.6 : 0.75) * best.score || !(isNew || goesOn)) continue
    add(unit)
    for (const term of own) matched.add(term)
  }
  return cite(chosen, context.passages)
}

/** A sentence that only introduces ("Run this:") is worth nothing without the list or code that follows. */
function preferJoined(best: RankedUnit, ranked: readonly RankedUnit[], wantsCode: boolean): AnswerUnit {
  const joined = ranked.find(
    ({ unit, score }) =>
      unit.passage === best.unit.passage &&
      unit.first === best.unit.first &&
      unit.last > best.unit.last &&
      score > 0,
  )
  const isIntroduction = /[:：]\**$/u.test(best.unit.text)
  return joined && (isIntroduction || (wantsCode && joined.unit.kind === 'code')) ? joined.unit : best.unit
}

function needsSentenceBefore(unit: AnswerUnit): boolean {
  return /^(?:it|they|this|these|those|that|he|she|both|such|otherwise|then|so|but|and|also)\b/iu.test(
    unit.text,
  )
}

function overlaps(a: AnswerUnit, b: AnswerUnit): boolean {
  return a.passage === b.passage && a.first <= b.last && b.first <= a.last
}

/** Keeps the order of the documents and marks the end of each run of sentences from one passage. */
function cite(chosen: readonly AnswerUnit[], passages: readonly Passage[]): string {
  const ordered = chosen.toSorted((a, b) => a.passage - b.passage || a.first - b.first)
  const parts: string[] = []
  for (const [index, unit] of ordered.entries()) {
    const number = passages[unit.passage]?.number
    const isRunEnd = ordered[index + 1]?.passage !== unit.passage
    const text =
      number !== undefined && isRunEnd ? addMarker(stripMarkers(unit.text), number) : stripMarkers(unit.text)
    parts.push(index === 0 ? text : `${separator(ordered[index - 1], unit)}${text}`)
  }
  return parts.join('')
}

function separator(before: AnswerUnit | undefined, unit: AnswerUnit): string {
  const isBlock = (each: AnswerUnit | undefined) => each?.kind === 'list' || each?.kind === 'code'
  if (isBlock(before) || isBlock(unit)) return '\n\n'
  return /[.!?。！？]["'”’)\]*_]*$/u.test(before?.text ?? '') ? ' ' : '\n'
}

/** Markers inside a quoted passage number someone else's sources. */
function stripMarkers(text: string): string {
  return text.includes('```') ? text : text.replace(/[ \t]*\[\d{1,3}\](?!\()/gu, '')
}

function addMarker(text: string, number: number): string {
  const marker = `[${number}]`
  const [intro = '', code] = text.split(/(?=\n\n```)/u)
  if (code !== undefined) return `${addMarker(intro, number)}${code}`
  if (text.startsWith('```')) return `${text}\n${marker}`
  const [, body = text, stop = ''] = /^(.*?)([.!?:;。！？]*)$/su.exec(text) ?? []
  return `${body} ${marker}${stop}`
}
