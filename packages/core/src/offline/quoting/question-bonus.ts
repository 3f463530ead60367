import { extractTerms, isStopWord, stemWord, tokenizeWords } from '../../text-metrics/index.ts'
import type { AnswerUnit } from './answer-units.ts'

const durations =
  /\b(?:(?:milli)?seconds?|minutes?|hours?|days?|weeks?|months?|years?|ms|for ever|forever)\b/iu
const asksForNumber =
  /\b(?:how (?:many|much|often|large|big|fast)|(?:which|what) (?:port|version|number|percent\w*|size)|when|default)\b/iu
const commandWords =
  /\b(?:command|cli|option|flag|variable|syntax|code|how (?:do|can|to|would|should)(?: i| you| we| one)?)\b/iu
const definition =
  /^[*`_"“]*(?:an? |the )?(.{1,60}?)[*`_"”]*(?::\s| \(|\s(?:is|are|means?|holds?|does|do)\s)/iu

/** What a unit gains for being the kind of thing the question asks for: a time, a number, a command, a definition. */
export function bonusFor(question: string, unit: AnswerUnit): number {
  return askedValueBonus(question, unit) * askedFormBonus(question, unit) * definitionBonus(question, unit)
}

/** True when a command or setting is wanted, where code is worth more than prose. */
export function asksForCommand(question: string): boolean {
  return commandWords.test(question)
}

function askedValueBonus(question: string, unit: AnswerUnit): number {
  if (/\bhow long\b/iu.test(question)) return durations.test(unit.text) ? 1.6 : 1
  if (asksForNumber.test(question)) return /\d/u.test(unit.text) ? 1.25 : 1
  if (/\bwhy\b/iu.test(question)) {
    return /\b(?:because|so that|therefore|since|otherwise)\b/iu.test(unit.text) ? 1.2 : 1
  }
  return 1
}

/** Someone who did not ask for code is better served by the sentence about it. */
function askedFormBonus(question: string, unit: AnswerUnit): number {
  if (asksForCommand(question)) return unit.hasCode ? 1.15 : 1
  if (unit.kind === 'code') return unit.text.startsWith('```') ? 0.6 : 0.8
  return 1
}

function definitionBonus(question: string, unit: AnswerUnit): number {
  const subject =
    /^what (?:is|are|does|do) (?:an? |the )?([\p{L}\p{N} .-]+?)(?: do| mean| for)?[?\s]*$/iu.exec(
      question,
    )?.[1]
  return subject !== undefined && definesSubject(unit.text, subject) ? 1.6 : 1
}

/** "A release is …", "**release**: …", "release (…): …" define their first words. */
function definesSubject(text: string, subject: string): boolean {
  const head = definition.exec(text)?.[1]
  if (head === undefined) return false
  const wanted = tokenizeWords(subject)
    .filter((word) => !isStopWord(word))
    .map(stemWord)
  const given = extractTerms(head)
  return wanted.length > 0 && given.length <= wanted.length && wanted.every((term) => given.includes(term))
}
