import type { Citation, ContentPart, FormatName, OtherPart } from './content.ts'
import type { JsonObject } from '../formats/parse-json.ts'
import { joinBase64 } from './media/join-base64.ts'
import type {
  FinishReason,
  NeutralAnswer,
  NeutralChoice,
  NeutralError,
  NeutralEvent,
  NeutralUsage,
  PartStart,
} from './neutral-answer.ts'

type OpenPart = {
  readonly start: PartStart
  text: string
  /** Pieces of sound: each is base64 of its own. */
  readonly pieces: string[]
  transcript: string
  signature: string | undefined
  encrypted: string | undefined
  from: FormatName | undefined
  readonly citations: Citation[]
  final: JsonObject | undefined
  extra: JsonObject | undefined
}

type OpenChoice = {
  readonly index: number
  /** By number of the part. */
  readonly parts: (OpenPart | undefined)[]
  finish: FinishReason
  finishRaw: string
  stopSequence: string | undefined
  logprobs: Record<string, unknown> | undefined
  other: OtherPart | undefined
}

/** Puts the events of a stream together again: for clients that want no stream, for the cache and for traces. */
export class AnswerCollector {
  readonly #from: FormatName
  readonly #choices: OpenChoice[] = []
  #id = ''
  #model = ''
  #createdS = 0
  #usage: NeutralUsage | undefined
  #serviceTier: string | undefined
  #extra: JsonObject | undefined
  #extraFrom: FormatName | undefined
  #error: NeutralError | undefined
  #isEnded = false

  /** `from` is the provider's format: whose the signatures are. */
  constructor(from: FormatName) {
    this.#from = from
  }

  /** The failure that the provider reported in its stream. */
  get error(): NeutralError | undefined {
    return this.#error
  }

  /** True once the provider's last word has come; an answer without it was cut. */
  get isEnded(): boolean {
    return this.#isEnded
  }

  take(events: readonly NeutralEvent[]): void {
    for (const event of events) this.#takeOne(event)
  }

  /** What has come so far. */
  answer(): NeutralAnswer {
    const choices = this.#choices.toSorted((one, other) => one.index - other.index)
    return {
      id: this.#id,
      model: this.#model,
      createdS: this.#createdS,
      choices: choices.map((choice) => closeChoice(choice, this.#from)),
      ...(this.#usage === undefined ? {} : { usage: this.#usage }),
      ...(this.#serviceTier === undefined ? {} : { serviceTier: this.#serviceTier }),
      ...(this.#extra === undefined ? {} : { extra: this.#extra }),
      ...(this.#extraFrom === undefined ? {} : { from: this.#extraFrom }),
    }
  }

  #takeOne(event: NeutralEvent): void {
    switch (event.kind) {
      case 'start':
        this.#id = event.id
        this.#model = event.model
        this.#createdS = event.createdS
        return
      case 'answer-fields':
        if (event.serviceTier !== undefined) this.#serviceTier = event.serviceTier
        if (event.extra !== undefined) this.#extra = { ...this.#extra, ...event.extra }
        this.#extraFrom = event.from ?? this.#extraFrom
        return
      case 'usage':
        this.#usage = event.usage
        return
      case 'error':
        this.#error = event.error
        return
      case 'end':
        this.#isEnded = true
        return
      case 'ping':
      case 'other':
        return
      default:
        takeChoiceEvent(this.#choice(event.choice), event)
    }
  }

  #choice(index: number): OpenChoice {
    for (const choice of this.#choices) if (choice.index === index) return choice
    const choice: OpenChoice = {
      index,
      parts: [],
      finish: 'unknown',
      finishRaw: '',
      stopSequence: undefined,
      logprobs: undefined,
      other: undefined,
    }
    this.#choices.push(choice)
    return choice
  }
}

/** The answer that a whole stream makes. */
export function collectAnswer(events: readonly NeutralEvent[], from: FormatName): NeutralAnswer {
  const collector = new AnswerCollector(from)
  collector.take(events)
  return collector.answer()
}

function takeChoiceEvent(choice: OpenChoice, event: Extract<NeutralEvent, { choice: number }>): void {
  if (event.kind === 'finish') {
    choice.finish = event.finish
    choice.finishRaw = event.finishRaw
    choice.stopSequence = event.stopSequence
    return
  }
  if (event.kind === 'logprobs') {
    addLogprobs((choice.logprobs ??= {}), event.logprobs)
    return
  }
  if (event.kind === 'choice-fields') {
    const { other } = event
    choice.other = { ...other, value: { ...choice.other?.value, ...other.value } }
    return
  }
  if (event.kind === 'part-start') {
    choice.parts[event.part] = openPart(event.start)
    return
  }
  const part = choice.parts[event.part]
  if (part !== undefined) takePartEvent(part, event)
}

function takePartEvent(part: OpenPart, event: NeutralEvent): void {
  if (event.kind === 'part-delta') {
    if (part.start.kind === 'audio') part.pieces.push(event.text)
    else part.text += event.text
  } else if (event.kind === 'part-transcript') part.transcript += event.text
  else if (event.kind === 'part-citation') part.citations.push(event.citation)
  else if (event.kind === 'part-proof') {
    part.signature = event.signature ?? part.signature
    part.encrypted = event.encrypted ?? part.encrypted
    part.from = event.from ?? part.from
  } else if (event.kind === 'part-end') {
    part.final = event.final
    part.extra = event.extra
  }
}

function openPart(start: PartStart): OpenPart {
  return {
    start,
    text: '',
    pieces: [],
    transcript: '',
    signature: undefined,
    encrypted: undefined,
    from: undefined,
    citations: [],
    final: undefined,
    extra: undefined,
  }
}

/** Lists of the same name grow; anything else is replaced. */
function addLogprobs(all: Record<string, unknown>, more: JsonObject): void {
  for (const name in more) {
    const known = all[name]
    const value = more[name]
    if (Array.isArray(known) && Array.isArray(value)) known.push(...value)
    else if (Array.isArray(value)) all[name] = [...value]
    else if (value !== null || known === undefined) all[name] = value
  }
}

function closeChoice(choice: OpenChoice, from: FormatName): NeutralChoice {
  const { index, finish, finishRaw, stopSequence, logprobs, other } = choice
  const parts: ContentPart[] = []
  for (const part of choice.parts) if (part !== undefined) parts.push(closePart(part, from))
  return {
    index,
    parts,
    finish,
    finishRaw,
    ...(stopSequence === undefined ? {} : { stopSequence }),
    ...(logprobs === undefined ? {} : { logprobs }),
    ...(other === undefined ? {} : { other }),
  }
}

function closePart(part: OpenPart, provider: FormatName): ContentPart {
  const { start, text, from = provider } = part
  const extra = joinExtra('extra' in start ? start.extra : undefined, part.extra)
  const signed = part.signature === undefined ? {} : { signature: part.signature }
  switch (start.kind) {
    case 'text':
      return {
        kind: 'text',
        text,
        ...(part.citations.length === 0 ? {} : { citations: part.citations }),
        ...signed,
        ...extra,
      }
    case 'refusal':
      return { kind: 'refusal', text }
    case 'reasoning':
      return {
        kind: 'reasoning',
        text,
        ...signed,
        ...(part.encrypted === undefined ? {} : { encrypted: part.encrypted }),
        ...(start.isRedacted === true ? { isRedacted: true } : {}),
        ...(start.id === undefined ? {} : { id: start.id }),
        from,
        ...extra,
      }
    case 'tool-call':
      return {
        kind: 'tool-call',
        id: start.id,
        name: start.name,
        arguments: text,
        ...(part.signature === undefined ? {} : { ...signed, from }),
        ...(start.itemId === undefined ? {} : { itemId: start.itemId }),
        ...extra,
      }
    case 'audio':
      return closeAudio(start, part)
    case 'other':
      return part.final === undefined ? start : { ...start, value: part.final }
    default:
      return start
  }
}

function closeAudio(start: PartStart & { readonly kind: 'audio' }, part: OpenPart): ContentPart {
  const fields = {
    ...(start.id === '' ? {} : { id: start.id }),
    ...(part.transcript === '' ? {} : { transcript: part.transcript }),
  }
  return {
    kind: 'audio',
    source: {
      kind: 'base64',
      mediaType: start.mediaType ?? 'application/octet-stream',
      data: joinBase64(part.pieces),
    },
    ...joinExtra(Object.keys(fields).length === 0 ? undefined : fields, part.extra),
  }
}

function joinExtra(first: JsonObject | undefined, more: JsonObject | undefined): { extra?: JsonObject } {
  if (first === undefined) return more === undefined ? {} : { extra: more }
  return { extra: more === undefined ? first : { ...first, ...more } }
}
