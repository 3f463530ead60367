import { AppError } from '@ratchet/contract'
import type { Exchange } from '../calls/exchange.ts'
import type { JsonObject } from '../formats/parse-json.ts'
import { chatOffline, type OfflineChat } from '../providers/offline-chat.ts'
import { embedOffline } from '../providers/offline-embeddings.ts'
import type { CompiledTarget } from '../routing/compiled-route.ts'
import type { Attempt, AttemptListener } from './attempt.ts'

const doneEvent = Buffer.from('data: [DONE]\n\n')

/** An answer of `offline`, which runs in this process and speaks OpenAI's format like any provider. */
export class OfflineAttempt implements Attempt {
  readonly target: CompiledTarget
  readonly format = 'openai-chat'
  readonly answerStatus = 200
  readonly answerHeaders = {}
  contentType = 'application/json'
  readonly #exchange: Exchange
  readonly #listener: AttemptListener
  #pieces: readonly Buffer[] = []
  #next = 0
  #isPaused = false
  #isOver = false

  constructor(exchange: Exchange, target: CompiledTarget, listener: AttemptListener) {
    this.#exchange = exchange
    this.target = target
    this.#listener = listener
  }

  /** Throws `model_unsupported` or `validation_failed`. `json` is a body in OpenAI's format; the answer starts in the next turn. */
  startChat(json: JsonObject, isStream: boolean): void {
    this.#requireModel('extractive', 'chat')
    const chat = chatOffline(json, {
      id: `chatcmpl-${this.#exchange.spanId}`,
      createdS: Math.floor(Date.now() / 1000),
      model: this.target.name,
    })
    if (isStream) this.contentType = 'text/event-stream'
    this.#pieces = isStream ? streamOf(chat) : [Buffer.from(JSON.stringify(chat.completion))]
    setImmediate(() => this.#exchange.guard(() => this.#begin()))
  }

  startEmbeddings(json: JsonObject, model: string): void {
    this.#requireModel('embedding', 'embeddings')
    this.#pieces = [Buffer.from(JSON.stringify(embedOffline(json, model).answer))]
    setImmediate(() => this.#exchange.guard(() => this.#begin()))
  }

  finish(): void {
    this.#isOver = true
  }

  cancel(): void {
    this.#isOver = true
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#exchange.guard(() => this.#writeNext())
  }

  #begin(): void {
    if (this.#isOver) return
    this.#listener.onAnswer(this)
    this.#writeNext()
  }

  /** One piece per turn of the event loop, so that other calls go on and each piece is its own write. */
  #writeNext(): void {
    if (this.#isOver || this.#isPaused) return
    const piece = this.#pieces[this.#next++]
    if (piece === undefined) return this.#listener.onEnd(this)
    this.#listener.onBytes(this, piece)
    if (!this.#isPaused) setImmediate(() => this.#exchange.guard(() => this.#writeNext()))
  }

  #requireModel(model: string, use: string): void {
    if (this.target.model === model) return
    const right = `${this.target.connection.name}/${model}`
    throw new AppError('model_unsupported', {
      message: `The model "${this.target.name}" cannot be used for ${use}; "${right}" can.`,
      details: { param: 'model', model: this.target.name },
    })
  }
}

function streamOf({ chunks, usageChunk }: OfflineChat): Buffer[] {
  const events = [...chunks.map(({ json }) => json), usageChunk]
  return [...events.map((json) => Buffer.from(`data: ${JSON.stringify(json)}\n\n`)), doneEvent]
}
