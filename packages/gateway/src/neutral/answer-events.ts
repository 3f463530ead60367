import type { ContentPart, FormatName } from './content.ts'
import type { JsonObject } from '../formats/parse-json.ts'
import type { NeutralAnswer, NeutralChoice, NeutralEvent, PartStart } from './neutral-answer.ts'

type Place = { readonly choice: number; readonly part: number }

/**
 * The events that a stream of this answer would have had, each part in one piece: for clients that asked for a stream
 * when the provider answered at once, and for answers from the cache.
 */
export function answerEvents(answer: NeutralAnswer): NeutralEvent[] {
  const { id, model, createdS, choices, usage, serviceTier, extra, from } = answer
  const events: NeutralEvent[] = [{ kind: 'start', id, model, createdS }]
  if (serviceTier !== undefined || extra !== undefined || from !== undefined)
    events.push({
      kind: 'answer-fields',
      ...(serviceTier === undefined ? {} : { serviceTier }),
      ...(extra === undefined ? {} : { extra }),
      ...(from === undefined ? {} : { from }),
    })
  for (const choice of choices) pushChoice(events, choice)
  if (usage !== undefined) events.push({ kind: 'usage', usage })
  events.push({ kind: 'end' })
  return events
}

function pushChoice(events: NeutralEvent[], choice: NeutralChoice): void {
  const { index, parts, finish, finishRaw, stopSequence, logprobs, other } = choice
  let count = 0
  let afterText: number | undefined
  for (const part of parts) {
    const before = events.length
    if (pushPart(events, part, { choice: index, part: count })) count++
    if (part.kind === 'text' && part.text !== '') afterText = before + 2
  }
  // Right after the delta of a text, where formats have a place for them.
  if (logprobs !== undefined)
    events.splice(afterText ?? events.length, 0, { kind: 'logprobs', choice: index, logprobs })
  if (other !== undefined) events.push({ kind: 'choice-fields', choice: index, other })
  events.push({
    kind: 'finish',
    choice: index,
    finish,
    finishRaw,
    ...(stopSequence === undefined ? {} : { stopSequence }),
  })
}

/** False for a part that no answer has. */
function pushPart(events: NeutralEvent[], part: ContentPart, place: Place): boolean {
  const start = startOf(part)
  if (start === undefined) return false
  events.push({ kind: 'part-start', ...place, start })
  const text = textOf(part)
  if (text !== '') events.push({ kind: 'part-delta', ...place, text })
  const transcript = transcriptOf(part)
  if (transcript !== '') events.push({ kind: 'part-transcript', ...place, text: transcript })
  if (part.kind === 'text')
    for (const citation of part.citations ?? []) events.push({ kind: 'part-citation', ...place, citation })
  const proof = proofOf(part)
  if (proof !== undefined) events.push({ kind: 'part-proof', ...place, ...proof })
  const extra = part.kind === 'audio' ? withoutNamed(part.extra) : undefined
  events.push({ kind: 'part-end', ...place, ...(extra === undefined ? {} : { extra }) })
  return true
}

function startOf(part: ContentPart): PartStart | undefined {
  switch (part.kind) {
    case 'text':
      return { kind: 'text', ...(part.extra === undefined ? {} : { extra: part.extra }) }
    case 'refusal':
      return { kind: 'refusal' }
    case 'reasoning':
      return {
        kind: 'reasoning',
        ...(part.id === undefined ? {} : { id: part.id }),
        ...(part.isRedacted === true ? { isRedacted: true } : {}),
        ...(part.extra === undefined ? {} : { extra: part.extra }),
      }
    case 'tool-call':
      return {
        kind: 'tool-call',
        id: part.id,
        name: part.name,
        ...(part.itemId === undefined ? {} : { itemId: part.itemId }),
        ...(part.extra === undefined ? {} : { extra: part.extra }),
      }
    case 'audio': {
      const id = part.extra?.['id']
      const { source } = part
      if (source.kind !== 'base64') return undefined
      return { kind: 'audio', id: typeof id === 'string' ? id : '', mediaType: source.mediaType }
    }
    case 'image':
    case 'file':
    case 'video':
      return { ...part, kind: part.kind }
    case 'other':
      return part
    case 'tool-result':
      return undefined
  }
}

function textOf(part: ContentPart): string {
  if (part.kind === 'text' || part.kind === 'refusal' || part.kind === 'reasoning') return part.text
  if (part.kind === 'tool-call') return part.arguments
  return part.kind === 'audio' && part.source.kind === 'base64' ? part.source.data : ''
}

function transcriptOf(part: ContentPart): string {
  const transcript = part.kind === 'audio' ? part.extra?.['transcript'] : undefined
  return typeof transcript === 'string' ? transcript : ''
}

type Proof = { from?: FormatName; signature?: string; encrypted?: string }

function proofOf(part: ContentPart): Proof | undefined {
  const signature = 'signature' in part ? part.signature : undefined
  const encrypted = part.kind === 'reasoning' ? part.encrypted : undefined
  if (signature === undefined && encrypted === undefined) return undefined
  const from = 'from' in part ? part.from : undefined
  return {
    ...(from === undefined ? {} : { from }),
    ...(signature === undefined ? {} : { signature }),
    ...(encrypted === undefined ? {} : { encrypted }),
  }
}

/** What is left of a sound's fields when its own events have told id and transcript. */
function withoutNamed(extra: JsonObject | undefined): JsonObject | undefined {
  if (extra === undefined) return undefined
  const { id: _id, transcript: _transcript, ...rest } = extra
  return Object.keys(rest).length === 0 ? undefined : rest
}
