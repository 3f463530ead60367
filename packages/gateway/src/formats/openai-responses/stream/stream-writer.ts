import type { AnswerOptions, StreamWriter } from '../../../neutral/codec.ts'
import type {
  FinishReason,
  NeutralError,
  NeutralEvent,
  NeutralUsage,
} from '../../../neutral/neutral-answer.ts'
import { ownAnswerFields } from '../../openai/shared-answer-fields.ts'
import { openAiErrorFields } from '../../openai/write-error.ts'
import type { JsonObject } from '../../parse-json.ts'
import { sseComment, sseEvent } from '../../sse-text.ts'
import { OutputBuilder } from '../answer/output-builder.ts'
import { requestEcho, responseObject, type ResponseState } from '../answer/response-object.ts'
import { contentLogprobs } from '../answer/write-answer.ts'
import { makeItemIds } from '../item-ids.ts'
import { writeStatus } from '../status.ts'
import { writeUsage } from '../usage.ts'

type Ending = Pick<ResponseState, 'status' | 'incomplete_details' | 'error'>

const inProgress: Ending = { status: 'in_progress', incomplete_details: null, error: null }

/**
 * Writes the events of a response: created, in progress, items with their parts and deltas, and the whole response at
 * the end. The format has one answer, so that further choices are left out.
 */
export class ResponsesStreamWriter implements StreamWriter {
  readonly #options: AnswerOptions
  #echo: JsonObject | undefined
  #builder: OutputBuilder | undefined
  #id = ''
  #createdS: number
  #serviceTier: string | undefined
  #extra: JsonObject | undefined
  #usage: NeutralUsage | undefined
  #finish: FinishReason = 'unknown'
  #sequence = 0
  #isOver = false
  #text = ''

  constructor(options: AnswerOptions) {
    this.#options = options
    this.#createdS = options.createdS
  }

  write(events: readonly NeutralEvent[]): string {
    this.#text = ''
    for (let at = 0; at < events.length && !this.#isOver; at++) {
      const event = events[at]
      if (event === undefined) continue
      const next = events[at + 1]
      if (event.kind === 'part-delta' && next?.kind === 'logprobs' && next.choice === event.choice) {
        // Probabilities belong into the event of their text.
        at++
        if (event.choice === 0) this.#start().take(event, contentLogprobs(next.logprobs))
      } else this.#take(event)
    }
    return this.#text
  }

  #take(event: NeutralEvent): void {
    if ('choice' in event) {
      if (event.choice !== 0) return
      if ('part' in event) this.#start().take(event)
      else if (event.kind === 'logprobs') this.#start().addLogprobs(contentLogprobs(event.logprobs))
      else if (event.kind === 'finish') this.#finish = event.finish
      return
    }
    switch (event.kind) {
      case 'start':
        this.#id = event.id
        if (event.createdS !== 0) this.#createdS = event.createdS
        this.#start()
        return
      case 'answer-fields':
        this.#serviceTier = event.serviceTier ?? this.#serviceTier
        this.#extra = { ...this.#extra, ...ownAnswerFields(event.extra, event.from, 'openai-responses') }
        return
      case 'usage':
        this.#usage = event.usage
        return
      case 'ping':
        this.#text += sseComment
        return
      case 'other':
        if (event.value.format === 'openai-responses') this.#passOn(event.value.value)
        return
      case 'error':
        return this.#fail(event.error)
      case 'end':
        return this.#end()
    }
  }

  #start(): OutputBuilder {
    if (this.#builder !== undefined) return this.#builder
    const ids = makeItemIds(this.#id, this.#options.id)
    this.#id = ids.response
    this.#builder = new OutputBuilder(ids, this.#emit, this.#options.from === 'openai-responses')
    this.#emit('response.created', { response: this.#response(inProgress) })
    this.#emit('response.in_progress', { response: this.#response(inProgress) })
    return this.#builder
  }

  readonly #emit = (type: string, fields: JsonObject): void => {
    this.#text += sseEvent(JSON.stringify({ type, sequence_number: this.#sequence++, ...fields }), type)
  }

  /** An event about an item that the provider's tool made; the item may stand elsewhere in our output. */
  #passOn(value: JsonObject): void {
    const { type, sequence_number: _number, ...fields } = value
    const index = this.#start().output.findIndex((item) => item['id'] === fields['item_id'])
    if (index === -1 || typeof type !== 'string') return
    this.#emit(type, { ...fields, output_index: index })
  }

  #end(): void {
    const builder = this.#start()
    const status = writeStatus(this.#finish, builder.hasRefusal)
    builder.close(status.status === 'incomplete')
    this.#emit(`response.${status.status}`, { response: this.#response({ ...status, error: null }) })
    this.#isOver = true
  }

  /**
   * The response has failed, and for the SDKs, which throw for nothing else, an event with an `error` member. Its
   * fields stand beside that too, where the format has them.
   */
  #fail(error: NeutralError): void {
    this.#start()
    const fields = openAiErrorFields(error)
    const told = { code: failureCode(error), message: error.message }
    this.#emit('response.failed', {
      response: this.#response({ ...inProgress, status: 'failed', error: told }),
    })
    const { code, message, param } = fields
    this.#emit('error', { code, message, param, error: fields })
    this.#isOver = true
  }

  #response(ending: Ending): JsonObject {
    this.#echo ??= requestEcho(this.#options.request)
    const state: ResponseState = {
      ...ending,
      id: this.#id,
      createdS: this.#createdS,
      output: this.#builder?.output ?? [],
      usage: this.#usage === undefined ? null : writeUsage(this.#usage),
      serviceTier: this.#serviceTier,
      extra: this.#extra,
    }
    return responseObject(state, this.#echo, this.#options)
  }
}

/** One of the format's words; clients wait on some and shorten their prompt on another. */
function failureCode({ status, code, isContextLength }: NeutralError): string {
  if (isContextLength === true) return 'context_length_exceeded'
  if (code === 'insufficient_quota') return code
  if (status === 429) return 'rate_limit_exceeded'
  return status < 500 ? 'invalid_prompt' : 'server_error'
}
