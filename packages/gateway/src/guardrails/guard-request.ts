import type { AppError, GuardrailPlace } from '@ratchet/contract'
import type { Exchange } from '../calls/exchange.ts'
import type { ContentPart, MediaPart, TextPart } from '../neutral/content.ts'
import type { Message, NeutralRequest } from '../neutral/neutral-request.ts'
import { checkByServices, checkLocally, needsServices } from './check-text.ts'
import type { GuardRule, Guards } from './compile-guards.ts'
import { GuardReport } from './guard-report.ts'

/** A request after its guardrails. `request` is another one when something was redacted. */
export type GuardedRequest = {
  readonly request: NeutralRequest
  readonly isChanged: boolean
  readonly error?: AppError
}

/** Checks what the caller wrote and what tools gave back, in every message; writes a span for each place that has rules. */
export async function guardRequest(
  exchange: Exchange,
  request: NeutralRequest,
  { guards, signal }: { readonly guards: Guards; readonly signal: AbortSignal },
): Promise<GuardedRequest> {
  let guarded: GuardedRequest = { request, isChanged: false }
  for (const place of ['input', 'tool-result'] as const) {
    const rules = guards[place]
    if (rules === undefined || guarded.error !== undefined) continue
    const report = new GuardReport(exchange, place)
    const checked = checkPlace(guarded.request, rules, report)
    guarded = { ...checked, isChanged: guarded.isChanged || checked.isChanged }
    if (guarded.error === undefined && needsServices(rules)) {
      const text = textsOf(guarded.request, place).join('\n')
      const { stop } = text === '' ? {} : await checkByServices(exchange, text, { rules, report, signal })
      if (stop !== undefined) guarded = { ...guarded, error: stop.error }
    }
    report.write(exchange)
  }
  return guarded
}

function checkPlace(
  request: NeutralRequest,
  rules: readonly GuardRule[],
  report: GuardReport,
): GuardedRequest {
  let error: AppError | undefined
  const check = (text: string): string => {
    const { text: checked, stop } = checkLocally(text, rules, report)
    error ??= stop?.error
    return checked
  }
  const messages = request.messages.map((message) =>
    checkMessage(message, { place: report.place, check, report }),
  )
  const isChanged = messages.some((message, index) => message !== request.messages[index])
  const checked = isChanged ? { ...request, messages } : request
  return { request: checked, isChanged, ...(error === undefined ? {} : { error }) }
}

type Checking = {
  readonly place: GuardrailPlace
  readonly check: (text: string) => string
  readonly report: GuardReport
}

/** The same message when nothing changed. What models said earlier comes from the caller too, who may have made it up. */
function checkMessage(message: Message, checking: Checking): Message {
  const content = message.content.map((part) => checkPart(part, checking))
  return content.some((part, index) => part !== message.content[index]) ? { ...message, content } : message
}

function checkPart(part: ContentPart, checking: Checking): ContentPart {
  if (part.kind === 'tool-result') {
    if (checking.place !== 'tool-result') return part
    const content = part.content.map((inner) => checkInner(inner, checking))
    return content.some((inner, index) => inner !== part.content[index]) ? { ...part, content } : part
  }
  return checking.place === 'input' ? checkOwn(part, checking) : part
}

function checkOwn(part: ContentPart, { check, report }: Checking): ContentPart {
  if (part.kind === 'text' || part.kind === 'refusal') {
    const text = check(part.text)
    return text === part.text ? part : { ...part, text }
  }
  if (part.kind === 'tool-call') {
    const text = check(part.arguments)
    return text === part.arguments ? part : { ...part, arguments: text }
  }
  if (isMedia(part)) {
    if (part.source.kind !== 'text') report.notScanned(part.kind)
    else {
      const text = check(part.source.text)
      if (text !== part.source.text) return { ...part, source: { ...part.source, text } }
    }
  }
  return part
}

function checkInner(part: TextPart | MediaPart, checking: Checking): TextPart | MediaPart {
  const checked = checkOwn(part, checking)
  return checked.kind === 'text' || isMedia(checked) ? checked : part
}

function isMedia(part: ContentPart): part is MediaPart {
  return part.kind === 'image' || part.kind === 'file' || part.kind === 'audio' || part.kind === 'video'
}

function textsOf({ messages }: NeutralRequest, place: GuardrailPlace): string[] {
  return messages
    .flatMap(({ content }) => content)
    .flatMap((part) => {
      if (part.kind === 'tool-result')
        return place === 'tool-result'
          ? part.content.flatMap((inner) => (inner.kind === 'text' ? inner.text : []))
          : []
      return place === 'input' && part.kind === 'text' ? part.text : []
    })
}
