import type { AppError, GuardrailPlace } from '@ratchet/contract'
import type { Exchange } from '../calls/exchange.ts'
import { parseJsonOr } from '../formats/parse-json.ts'
import type { ContentPart, MediaPart, TextPart } from '../neutral/content.ts'
import type { Message, NeutralRequest } from '../neutral/neutral-request.ts'
import { checkJoined } from './check-joined.ts'
import { checkPart, textOf } from './check-part.ts'
import { checkFields, checkSchema, checkStrings, type Check } from './check-strings.ts'
import { checkByServices, checkLocally, needsServices } from './check-text.ts'
import type { GuardRule, Guards } from './compile-guards.ts'
import { GuardReport } from './guard-report.ts'

/** A request after its guardrails. `request` is another one when something was redacted. */
export type GuardedRequest = {
  readonly request: NeutralRequest
  readonly isChanged: boolean
  readonly error?: AppError
}

/**
 * Checks what the caller wrote, in messages and around them, and what tools gave back; writes a span for each place that
 * has rules.
 */
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
  const check: Check = (text, form) => {
    const { text: checked, stop } = checkLocally(text, {
      rules,
      report,
      ...(form === undefined ? {} : { form }),
    })
    error ??= stop?.error
    return checked
  }
  const join = (texts: readonly string[]): readonly string[] => {
    const { texts: checked, stop } = checkJoined(texts, rules, report)
    error ??= stop?.error
    return checked
  }
  const checking = { place: report.place, check, join, report }
  const messages = same(
    request.messages,
    request.messages.map((message) => checkMessage(message, checking)),
  )
  let checked = messages === request.messages ? request : { ...request, messages }
  if (report.place === 'input') checked = checkAround(checked, check)
  return { request: checked, isChanged: checked !== request, ...(error === undefined ? {} : { error }) }
}

type Checking = {
  readonly place: GuardrailPlace
  readonly check: Check
  readonly join: (texts: readonly string[]) => readonly string[]
  readonly report: GuardReport
}

/** What a request says besides its messages: descriptions of its tools and of its answer, and fields of its own format. */
function checkAround(request: NeutralRequest, check: Check): NeutralRequest {
  const tools = same(
    request.tools,
    request.tools.map((tool) => {
      if (tool.kind === 'provider') return tool
      const description = tool.description === undefined ? undefined : check(tool.description, 'aside')
      const schema = tool.schema === undefined ? undefined : checkSchema(tool.schema, check)
      if (description === tool.description && schema === tool.schema) return tool
      return {
        ...tool,
        ...(description === undefined ? {} : { description }),
        ...(schema === undefined ? {} : { schema }),
      }
    }),
  )
  const { output } = request
  const schema = output?.kind === 'json-schema' ? checkSchema(output.schema, check) : undefined
  const extra = checkFields(request.extra, check)
  if (output?.kind === 'json-schema' && schema !== undefined && schema !== output.schema)
    return { ...request, tools, extra, output: { ...output, schema } }
  return tools === request.tools && extra === request.extra ? request : { ...request, tools, extra }
}

/** The same message when nothing changed. What models said earlier comes from the caller too, who may have made it up. */
function checkMessage(message: Message, checking: Checking): Message {
  const { place, check, join } = checking
  const each = same(
    message.content,
    message.content.map((part) => checkAt(part, checking)),
  )
  const content = place === 'input' ? joinTexts(each, join) : each
  let checked = content === message.content ? message : { ...message, content }
  if (place !== 'input') return checked
  const name = message.name === undefined ? undefined : check(message.name, 'aside')
  if (name !== message.name && name !== undefined) checked = { ...checked, name }
  const extra = message.extra === undefined ? undefined : checkStrings(message.extra, check)
  return extra === message.extra || extra === undefined ? checked : { ...checked, extra }
}

/** What only one format has may be said by either side: it is read for both. */
function checkAt(part: ContentPart, checking: Checking): ContentPart {
  const { place, check, join, report } = checking
  if (part.kind !== 'tool-result') {
    if (place === 'input' || part.kind === 'other') return checkPart(part, check, report)
    return part
  }
  if (place !== 'tool-result') return part
  const each = same(
    part.content,
    part.content.map((inner) => checkInner(inner, checking)),
  )
  const content = joinTexts(each, join)
  const checked = content === part.content ? part : { ...part, content }
  const extra = part.extra === undefined ? undefined : checkStrings(part.extra, check)
  return extra === part.extra || extra === undefined ? checked : { ...checked, extra }
}

function checkInner(part: TextPart | MediaPart, { check, report }: Checking): TextPart | MediaPart {
  const checked = checkPart(part, jsonAware(check), report)
  return checked.kind === 'text' || isMedia(checked) ? checked : part
}

/** Tools often give JSON back; what is replaced in it leaves it JSON. */
function jsonAware(check: Check): Check {
  return (text, form) => {
    if (form !== undefined || !/^\s*[{[]/.test(text) || parseJsonOr(text) === undefined)
      return check(text, form)
    return check(check(text, 'json'), 'whole')
  }
}

function joinTexts<Part extends ContentPart>(
  parts: readonly Part[],
  join: Checking['join'],
): readonly Part[] {
  const texts = parts.flatMap((part) => (part.kind === 'text' ? [part.text] : []))
  const joined = join(texts)
  if (joined === texts) return parts
  let next = 0
  return same(
    parts,
    parts.map((part) => {
      if (part.kind !== 'text') return part
      const text = joined[next] ?? ''
      next += 1
      return text === part.text ? part : { ...part, text }
    }),
  )
}

/** The list itself when nothing in it changed. */
function same<Item>(before: readonly Item[], after: readonly Item[]): readonly Item[] {
  return after.some((item, index) => item !== before[index]) ? after : before
}

function isMedia(part: ContentPart): part is MediaPart {
  return part.kind === 'image' || part.kind === 'file' || part.kind === 'audio' || part.kind === 'video'
}

function textsOf({ messages }: NeutralRequest, place: GuardrailPlace): string[] {
  return messages
    .flatMap(({ content }) => content)
    .flatMap((part) => {
      if (part.kind === 'tool-result') return place === 'tool-result' ? part.content.flatMap(wordsOf) : []
      return place === 'input' ? wordsOf(part) : []
    })
}

function wordsOf(part: ContentPart): string[] {
  switch (part.kind) {
    case 'text':
    case 'refusal':
    case 'reasoning':
      return part.text === '' ? [] : [part.text]
    case 'tool-call':
      return [part.arguments]
    case 'image':
    case 'file':
    case 'audio':
    case 'video': {
      if (part.source.kind === 'text') return [part.source.text]
      const text = part.source.kind === 'base64' ? textOf(part.source) : undefined
      return text === undefined ? [] : [text]
    }
    default:
      return []
  }
}
