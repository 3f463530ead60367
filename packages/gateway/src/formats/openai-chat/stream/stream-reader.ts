import type { StreamEvent, StreamReader } from '../../../neutral/codec.ts'
import type { NeutralEvent, NeutralUsage } from '../../../neutral/neutral-answer.ts'
import { countField, textField } from '../../../neutral/json-field.ts'
import { readErrorMember } from '../../openai/read-error.ts'
import { isJsonObject, parseJsonOr, type JsonObject } from '../../parse-json.ts'
import { findUsage } from '../usage.ts'
import { ChoiceReader } from './choice-reader.ts'

/** Fields of a chunk that are read, or that mean nothing once the chunk is. */
const names = new Set([
  'id',
  'object',
  'created',
  'model',
  'choices',
  'usage',
  'service_tier',
  'obfuscation',
  'x_groq',
  'error',
])

/** Follows a stream of chat completions of OpenAI, or of a server that speaks like it. */
export class ChatStreamReader implements StreamReader {
  readonly #choices: ChoiceReader[] = []
  readonly #fields = new Map<string, unknown>()
  #id = ''
  #hasStarted = false
  #isOver = false
  #malformed = 0
  #serviceTier = ''
  #usage: NeutralUsage | undefined

  take(event: StreamEvent): readonly NeutralEvent[] {
    const events: NeutralEvent[] = []
    if (this.#isOver || event.data === '') return events
    if (event.data.trim() === '[DONE]') {
      this.#end(events)
      return events
    }
    const chunk = parseJsonOr(event.data)
    if (!isJsonObject(chunk)) {
      this.#malformed++
      return events
    }
    const error = chunk['error'] ?? (event.event === 'error' ? chunk : undefined)
    if (error !== undefined && error !== null) {
      this.#isOver = true
      events.push({ kind: 'error', error: readErrorMember(error) })
      return events
    }
    this.#takeChunk(chunk, events)
    return events
  }

  /** Servers that leave out `[DONE]` are done when every choice has said why it ended. */
  finish(): readonly NeutralEvent[] {
    const events: NeutralEvent[] = []
    const isWhole = this.#choices.length > 0 && this.#choices.every((choice) => choice.isFinished)
    if (!this.#isOver && isWhole) this.#end(events)
    return events
  }

  malformedEvents(): number {
    return this.#malformed
  }

  #takeChunk(chunk: JsonObject, events: NeutralEvent[]): void {
    const choices = Array.isArray(chunk['choices']) ? chunk['choices'] : []
    if (!this.#hasStarted) this.#start(chunk, choices.length > 0, events)
    this.#takeFields(chunk, events)
    for (const choice of choices) {
      if (!isJsonObject(choice)) continue
      this.#choice(countField(choice, 'index') ?? 0).take(choice, events)
    }
    const usage = findUsage(chunk)
    // Every chunk may carry the count so far.
    if (usage === undefined || isSameUsage(usage, this.#usage)) return
    this.#usage = usage
    events.push({ kind: 'usage', usage })
  }

  /** Azure begins with a chunk about its filters that names neither answer nor model. */
  #start(chunk: JsonObject, hasChoices: boolean, events: NeutralEvent[]): void {
    const id = textField(chunk, 'id') ?? ''
    if (id === '' && !hasChoices) return
    this.#hasStarted = true
    this.#id = id
    const model = textField(chunk, 'model') ?? ''
    events.push({ kind: 'start', id, model, createdS: countField(chunk, 'created') ?? 0 })
  }

  #takeFields(chunk: JsonObject, events: NeutralEvent[]): void {
    const tier = chunk['service_tier']
    let extra: Record<string, unknown> | undefined
    for (const name in chunk) {
      if (names.has(name) || !this.#isNews(name, chunk[name])) continue
      extra ??= {}
      extra[name] = chunk[name]
    }
    const isNewTier = typeof tier === 'string' && tier !== this.#serviceTier
    if (isNewTier) this.#serviceTier = tier
    if (extra === undefined && !isNewTier) return
    events.push({
      kind: 'answer-fields',
      ...(isNewTier ? { serviceTier: tier } : {}),
      ...(extra === undefined ? {} : { extra, from: 'openai-chat' as const }),
    })
  }

  /** Perplexity repeats its list of sources in every chunk; a list is news when it has grown. */
  #isNews(name: string, value: unknown): boolean {
    if (value === null) return false
    const mark = Array.isArray(value) ? value.length : typeof value === 'object' ? 'object' : value
    if (this.#fields.get(name) === mark) return false
    this.#fields.set(name, mark)
    return true
  }

  #choice(index: number): ChoiceReader {
    for (const choice of this.#choices) if (choice.index === index) return choice
    const choice = new ChoiceReader(index, this.#id)
    this.#choices.push(choice)
    return choice
  }

  #end(events: NeutralEvent[]): void {
    this.#isOver = true
    for (const choice of this.#choices) choice.close(events)
    events.push({ kind: 'end' })
  }
}

function isSameUsage(one: NeutralUsage, other: NeutralUsage | undefined): boolean {
  return (
    other !== undefined &&
    one.inputTokens === other.inputTokens &&
    one.outputTokens === other.outputTokens &&
    one.cachedInputTokens === other.cachedInputTokens &&
    one.reasoningTokens === other.reasoningTokens
  )
}
