import type { Exchange } from '../calls/exchange.ts'
import type { ContentPart } from '../neutral/content.ts'
import type { NeutralAnswer } from '../neutral/neutral-answer.ts'
import { checkJoined } from './check-joined.ts'
import { checkPart } from './check-part.ts'
import { checkStrings, type Check } from './check-strings.ts'
import { checkByServices, checkLocally, needsServices, type CheckedText } from './check-text.ts'
import type { GuardRule } from './compile-guards.ts'
import { GuardReport } from './guard-report.ts'

/** A whole answer after its guardrails. */
export type GuardedAnswer = {
  readonly answer: NeutralAnswer
  readonly stop?: NonNullable<CheckedText['stop']>
}

/** Checks everything that an answer says: texts, thoughts, refusals, arguments of calls, sources, and what only its format has. */
export async function guardAnswer(
  exchange: Exchange,
  answer: NeutralAnswer,
  { rules, signal }: { readonly rules: readonly GuardRule[]; readonly signal: AbortSignal },
): Promise<GuardedAnswer> {
  const report = new GuardReport(exchange, 'output')
  let stop: CheckedText['stop']
  const check: Check = (text, form) => {
    const checked = checkLocally(text, { rules, report, ...(form === undefined ? {} : { form }) })
    stop ??= checked.stop
    return checked.text
  }
  const choices = answer.choices.map((choice) => {
    const each = choice.parts.map((part) => checkAnswerPart(part, check, report))
    const texts = each.flatMap((part) => (part.kind === 'text' ? [part.text] : []))
    const joined = checkJoined(texts, rules, report)
    stop ??= joined.stop
    const parts = joined.texts === texts ? each : withTexts(each, joined.texts)
    const isChanged = parts.some((part, index) => part !== choice.parts[index])
    const other = choice.other === undefined ? undefined : checkPart(choice.other, check, report)
    // Tokens say again what was taken out of the text.
    const { logprobs, ...rest } = choice
    const checked = other?.kind === 'other' ? { ...rest, parts, other } : { ...rest, parts }
    return isChanged || logprobs === undefined ? checked : { ...checked, logprobs }
  })
  if (stop === undefined && needsServices(rules)) {
    const text = answer.choices.flatMap(({ parts }) => parts.flatMap(wordsOf)).join('\n')
    if (text !== '') stop = (await checkByServices(exchange, text, { rules, report, signal })).stop
  }
  report.write(exchange)
  const checked = { ...answer, choices }
  return stop === undefined ? { answer: checked } : { answer: checked, stop }
}

function checkAnswerPart(part: ContentPart, check: Check, report: GuardReport): ContentPart {
  const checked = checkPart(part, check, report)
  if (checked.kind !== 'text' || checked.citations === undefined) return checked
  if (part.kind !== 'text' || checked.text === part.text) {
    const citations = checkStrings(checked.citations, check)
    return citations === checked.citations ? checked : { ...checked, citations }
  }
  // They point to places of a text that is another one now, and quote it.
  const { citations: _, ...rest } = checked
  return rest
}

function withTexts(parts: readonly ContentPart[], texts: readonly string[]): ContentPart[] {
  let next = 0
  return parts.map((part) => {
    if (part.kind !== 'text') return part
    const text = texts[next] ?? ''
    next += 1
    if (text === part.text) return part
    const { citations: _, ...rest } = part
    return { ...rest, text }
  })
}

function wordsOf(part: ContentPart): string[] {
  if (part.kind === 'text' || part.kind === 'refusal' || part.kind === 'reasoning') return [part.text]
  return part.kind === 'tool-call' ? [part.arguments] : []
}
