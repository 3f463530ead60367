import type { Exchange } from '../calls/exchange.ts'
import type { ContentPart } from '../neutral/content.ts'
import type { NeutralAnswer } from '../neutral/neutral-answer.ts'
import { checkByServices, checkLocally, needsServices, type CheckedText } from './check-text.ts'
import type { GuardRule } from './compile-guards.ts'
import { GuardReport } from './guard-report.ts'

/** A whole answer after its guardrails. */
export type GuardedAnswer = {
  readonly answer: NeutralAnswer
  readonly stop?: NonNullable<CheckedText['stop']>
}

/** Checks everything that an answer says: texts, thoughts, refusals, arguments of calls, words of sounds. */
export async function guardAnswer(
  exchange: Exchange,
  answer: NeutralAnswer,
  { rules, signal }: { readonly rules: readonly GuardRule[]; readonly signal: AbortSignal },
): Promise<GuardedAnswer> {
  const report = new GuardReport(exchange, 'output')
  let stop: CheckedText['stop']
  const check = (text: string): string => {
    const checked = checkLocally(text, rules, report)
    stop ??= checked.stop
    return checked.text
  }
  const choices = answer.choices.map((choice) => ({
    ...choice,
    parts: choice.parts.map((part) => checkPart(part, check, report)),
  }))
  if (stop === undefined && needsServices(rules)) {
    const text = answer.choices.flatMap(({ parts }) => parts.flatMap(wordsOf)).join('\n')
    if (text !== '') stop = (await checkByServices(exchange, text, { rules, report, signal })).stop
  }
  report.write(exchange)
  const checked = { ...answer, choices }
  return stop === undefined ? { answer: checked } : { answer: checked, stop }
}

function checkPart(part: ContentPart, check: (text: string) => string, report: GuardReport): ContentPart {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return withText(part, check(part.text))
    case 'reasoning':
      // A signature holds for the text that was signed.
      return withText(part, check(part.text))
    case 'tool-call': {
      const text = check(part.arguments)
      return text === part.arguments ? part : { ...part, arguments: text }
    }
    case 'audio':
    case 'image':
    case 'file':
    case 'video':
      report.notScanned(part.kind)
      return part
    default:
      return part
  }
}

function withText<Part extends { readonly text: string }>(part: Part, text: string): Part {
  return text === part.text ? part : { ...part, text }
}

function wordsOf(part: ContentPart): string[] {
  if (part.kind === 'text' || part.kind === 'refusal' || part.kind === 'reasoning') return [part.text]
  return part.kind === 'tool-call' ? [part.arguments] : []
}
