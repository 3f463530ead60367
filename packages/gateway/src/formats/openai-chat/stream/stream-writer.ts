import type { AnswerOptions, StreamWriter } from '../../../neutral/codec.ts'
import type { NeutralEvent, NeutralUsage } from '../../../neutral/neutral-answer.ts'
import { ownAnswerFields } from '../../openai/shared-answer-fields.ts'
import { writeOpenAiError } from '../../openai/write-error.ts'
import type { JsonObject } from '../../parse-json.ts'
import { sseComment, sseEvent } from '../../sse-text.ts'
import { writeUsage } from '../usage.ts'
import { ChoiceWriter } from './choice-writer.ts'

/** Writes chunks of chat completions. Usage and `[DONE]` come last; after an error neither does. */
export class ChatStreamWriter implements StreamWriter {
  readonly #options: AnswerOptions
  readonly #choices: ChoiceWriter[] = []
  #id: string
  #createdS: number
  #serviceTier: string | undefined
  #extra: JsonObject | undefined
  #usage: NeutralUsage | undefined
  /** Everything of a chunk before its choice; undefined when it has to be made anew. */
  #head: string | undefined
  #isOver = false

  constructor(options: AnswerOptions) {
    this.#options = options
    this.#id = options.id
    this.#createdS = options.createdS
  }

  write(events: readonly NeutralEvent[]): string {
    let text = ''
    for (let at = 0; at < events.length; at++) {
      const event = events[at]
      if (event === undefined || this.#isOver) break
      if (!('choice' in event)) {
        text += this.#takeWhole(event)
        continue
      }
      const choice = this.#choice(event.choice)
      const next = events[at + 1]
      // Probabilities belong into the chunk of their text.
      const hasLogprobs =
        event.kind === 'part-delta' && next?.kind === 'logprobs' && next.choice === event.choice
      if (hasLogprobs) at++
      text += this.#chunk(choice.take(event, hasLogprobs ? next.logprobs : undefined))
    }
    return text
  }

  #takeWhole(event: Exclude<NeutralEvent, { choice: number }>): string {
    switch (event.kind) {
      case 'start':
        if (event.id !== '') this.#id = event.id
        if (event.createdS !== 0) this.#createdS = event.createdS
        this.#head = undefined
        return ''
      case 'answer-fields':
        this.#serviceTier = event.serviceTier ?? this.#serviceTier
        this.#extra = { ...this.#extra, ...ownAnswerFields(event.extra, event.from, 'openai-chat') }
        this.#head = undefined
        return ''
      case 'usage':
        this.#usage = event.usage
        return ''
      case 'ping':
        return sseComment
      case 'other':
        return event.value.format === 'openai-chat' ? sseEvent(JSON.stringify(event.value.value)) : ''
      case 'error':
        this.#isOver = true
        return sseEvent(JSON.stringify(writeOpenAiError(event.error)))
      case 'end':
        return this.#end()
    }
  }

  #choice(index: number): ChoiceWriter {
    for (const choice of this.#choices) if (choice.index === index) return choice
    const choice = new ChoiceWriter(index, this.#options.request.usesFunctions === true)
    this.#choices.push(choice)
    return choice
  }

  /** `choice` is JSON; nothing is written for an empty one. */
  #chunk(choice: string): string {
    if (choice === '') return ''
    this.#head ??= this.#makeHead()
    return sseEvent(`${this.#head}"choices":[${choice}]${this.#options.wantsUsage ? ',"usage":null' : ''}}`)
  }

  #makeHead(): string {
    const head = {
      id: this.#id,
      object: 'chat.completion.chunk',
      created: this.#createdS,
      model: this.#options.model,
      ...(this.#serviceTier === undefined ? {} : { service_tier: this.#serviceTier }),
      ...this.#extra,
    }
    return `${JSON.stringify(head).slice(0, -1)},`
  }

  #end(): string {
    this.#isOver = true
    let text = ''
    for (const choice of this.#choices) text += this.#chunk(choice.close())
    if (this.#options.wantsUsage && this.#usage !== undefined) {
      this.#head ??= this.#makeHead()
      text += sseEvent(`${this.#head}"choices":[],"usage":${JSON.stringify(writeUsage(this.#usage))}}`)
    }
    return `${text}data: [DONE]\n\n`
  }
}
