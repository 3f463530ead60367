import type { ContentPart, MediaPart, ReasoningPart } from '../neutral/content.ts'
import { checkStrings, type Check } from './check-strings.ts'
import type { GuardReport } from './guard-report.ts'

const textual =
  /^(?:text\/|application\/(?:json|xml|yaml|x-yaml|csv|x-ndjson|jsonl|javascript|sql)\b)|\+(?:json|xml)$/i

/** Checks all that a part says but for results of tools; the same part when nothing changed. What cannot be read is reported. */
export function checkPart(part: ContentPart, check: Check, report: GuardReport): ContentPart {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return withText(part, check(part.text))
    case 'reasoning':
      return checkReasoning(part, check, report)
    case 'tool-call': {
      const text = check(part.arguments, 'json')
      return text === part.arguments ? part : { ...part, arguments: text }
    }
    case 'other': {
      const value = checkStrings(part.value, check)
      return value === part.value ? part : { ...part, value }
    }
    case 'audio':
    case 'image':
    case 'file':
    case 'video':
      return checkMedia(part, check, report)
    case 'tool-result':
      return part
  }
}

function checkReasoning(part: ReasoningPart, check: Check, report: GuardReport): ReasoningPart {
  if (part.text === '' && part.encrypted !== undefined) report.notScanned('encrypted reasoning')
  const text = check(part.text, 'aside')
  if (text === part.text) return part
  // What proves the thought holds for the text that was thought.
  const { signature: _signature, encrypted: _encrypted, ...rest } = part
  return { ...rest, text }
}

function checkMedia(part: MediaPart, check: Check, report: GuardReport): MediaPart {
  const { source } = part
  const name = part.name === undefined ? undefined : check(part.name, 'aside')
  const extra = part.extra === undefined ? undefined : checkStrings(part.extra, check)
  let checked: MediaPart = part
  if (name !== part.name && name !== undefined) checked = { ...checked, name }
  if (extra !== part.extra && extra !== undefined) checked = { ...checked, extra }
  const said = source.kind === 'text' ? source.text : source.kind === 'base64' ? textOf(source) : undefined
  if (said === undefined) {
    report.notScanned(part.kind)
    return checked
  }
  const text = check(said)
  if (text === said) return checked
  if (source.kind === 'text') return { ...checked, source: { ...source, text } }
  return source.kind === 'base64'
    ? { ...checked, source: { ...source, data: Buffer.from(text).toString('base64') } }
    : checked
}

/** What a file of text says; undefined for any other. */
export function textOf({
  mediaType,
  data,
}: {
  readonly mediaType: string
  readonly data: string
}): string | undefined {
  if (!textual.test(mediaType)) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(data, 'base64'))
  } catch {
    return undefined
  }
}

function withText<Part extends { readonly text: string; readonly extra?: unknown }>(
  part: Part,
  text: string,
): Part {
  return text === part.text ? part : { ...part, text }
}
