import type { AnswerOptions, StreamWriter } from '../../../neutral/codec.ts'
import type { NeutralEvent, NeutralUsage } from '../../../neutral/neutral-answer.ts'
import type { JsonObject } from '../../parse-json.ts'
import { sseEvent } from '../../sse-text.ts'
import { answerUsage, messageHead } from '../answer/write-answer.ts'
import { writeError } from '../error/write-error.ts'
import { writeStopReason } from '../stop-reason.ts'
import { event } from './block-writer.ts'
import { BlockSequence } from './block-sequence.ts'

type Finish = Extract<NeutralEvent, { kind: 'finish' }>

/** Writes `message_start` to `message_stop`: the ending is told when the provider's last word has come. */
export function makeStreamWriter(options: AnswerOptions): StreamWriter {
  const message = new MessageWriter(options)
  return { write: (events) => message.write(events) }
}

class MessageWriter {
  readonly #options: AnswerOptions
  readonly #blocks: BlockSequence
  #id = ''
  #isBegun = false
  #isStarted = false
  #extra: JsonObject | undefined
  #serviceTier: string | undefined
  #usage: NeutralUsage | undefined
  #finish: Finish | undefined

  constructor(options: AnswerOptions) {
    this.#options = options
    this.#blocks = new BlockSequence(options.from)
  }

  write(events: readonly NeutralEvent[]): string {
    let text = ''
    for (const event of events) text += this.#take(event)
    // What comes together with the first event (usage, tier) is told in `message_start`.
    return this.#isBegun && !this.#isStarted ? this.#start() + text : text
  }

  #take(event: NeutralEvent): string {
    switch (event.kind) {
      case 'start':
        this.#id = event.id
        this.#isBegun = true
        return ''
      case 'usage':
        this.#usage = event.usage
        return ''
      case 'answer-fields':
        this.#keepFields(event)
        return ''
      case 'finish':
        if (event.choice === 0) this.#finish = event
        return ''
      case 'logprobs':
      case 'choice-fields':
        return ''
      case 'ping':
        return ping
      case 'error':
        return sseEvent(JSON.stringify(writeError(event.error)), 'error')
      case 'other':
        return event.value.format === 'anthropic'
          ? this.#start() + this.#blocks.takeOther(event.value.value)
          : ''
      case 'end':
        return this.#start() + this.#blocks.closeAll() + this.#end()
      default:
        return event.choice === 0 ? this.#start() + this.#blocks.take(event) : ''
    }
  }

  #keepFields({ from, serviceTier, extra }: Extract<NeutralEvent, { kind: 'answer-fields' }>): void {
    if (serviceTier !== undefined) this.#serviceTier = serviceTier
    if (from === 'anthropic' && extra !== undefined) this.#extra = { ...this.#extra, ...extra }
  }

  #start(): string {
    if (this.#isStarted) return ''
    this.#isStarted = true
    const message = {
      ...messageHead({ id: this.#id, extra: this.#extra }, this.#options),
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: answerUsage(this.#usage, this.#serviceTier, this.#extra),
    }
    return event('message_start', `"message":${JSON.stringify(message)}`)
  }

  #end(): string {
    const { finish = 'unknown', finishRaw = '', stopSequence } = this.#finish ?? {}
    const hasToolCalls = this.#blocks.hasToolCalls
    const delta = {
      stop_reason: writeStopReason({ finish, finishRaw, stopSequence, hasToolCalls }),
      stop_sequence: stopSequence ?? null,
      stop_details: this.#extra?.['stop_details'] ?? null,
      container: this.#extra?.['container'] ?? null,
    }
    const usage = answerUsage(this.#usage, undefined, this.#extra)
    const counts = {
      input_tokens: usage['input_tokens'],
      cache_creation_input_tokens: usage['cache_creation_input_tokens'],
      cache_read_input_tokens: usage['cache_read_input_tokens'],
      output_tokens: usage['output_tokens'],
      output_tokens_details: usage['output_tokens_details'],
      server_tool_use: usage['server_tool_use'],
      // Anthropic tells the hour's part in `message_start` alone; other providers count only at the end.
      ...((this.#usage?.cacheWriteHourTokens ?? 0) > 0 ? { cache_creation: usage['cache_creation'] } : {}),
    }
    const fields = `"delta":${JSON.stringify(delta)},"usage":${JSON.stringify(counts)}`
    return event('message_delta', fields) + event('message_stop', '')
  }
}

const ping = event('ping', '')
