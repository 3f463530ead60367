import { AppError } from '@ratchet/contract'
import type { Exchange } from '../calls/exchange.ts'
import type { JsonObject } from '../formats/parse-json.ts'
import { readRerankRequest } from '../formats/rerank/index.ts'
import type { OfflineJob, OfflineResult } from '../offline/offline-job.ts'
import { checkChatSize, checkEmbeddingSize, checkRerankSize } from '../offline/offline-size.ts'
import type { CompiledTarget } from '../routing/compiled-route.ts'
import type { Attempt, AttemptListener } from './attempt.ts'

/** An answer of `offline`, which runs in a thread of this process and speaks OpenAI's format like any provider. */
export class OfflineAttempt implements Attempt {
  readonly target: CompiledTarget
  readonly format = 'openai-chat'
  answerStatus = 0
  readonly answerHeaders = {}
  contentType = 'application/json'
  readonly #exchange: Exchange
  readonly #listener: AttemptListener
  #pieces: readonly string[] = []
  #leave: (() => void) | undefined
  #next = 0
  #isPaused = false
  #isOver = false

  constructor(exchange: Exchange, target: CompiledTarget, listener: AttemptListener) {
    this.#exchange = exchange
    this.target = target
    this.#listener = listener
  }

  /** Throws `model_unsupported` or `validation_failed`. `json` is a body in OpenAI's format; the answer comes later. */
  startChat(json: JsonObject, isStream: boolean): void {
    this.#requireModel('extractive', 'chat')
    checkChatSize(json)
    if (isStream) this.contentType = 'text/event-stream'
    const id = `chatcmpl-${this.#exchange.spanId}`
    const createdS = Math.floor(Date.now() / 1000)
    this.#ask({ kind: 'chat', json, isStream, id, createdS, model: this.target.name })
  }

  /** Throws `model_unsupported` or `validation_failed`. */
  startEmbeddings(json: JsonObject, model: string): void {
    this.#requireModel('embedding', 'embeddings')
    checkEmbeddingSize(json)
    this.#ask({ kind: 'embeddings', json, model })
  }

  /** Throws `model_unsupported` or `validation_failed`; the answer has Jina's shape. */
  startRerank(json: JsonObject): void {
    this.#requireModel('rerank', 'rerank')
    checkRerankSize(readRerankRequest(json).texts)
    this.#ask({ kind: 'rerank', json })
  }

  finish(): void {
    this.#isOver = true
  }

  cancel(): void {
    this.#isOver = true
    this.#leave?.()
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#exchange.guard(() => this.#writeNext())
  }

  #ask(job: OfflineJob): void {
    const { offline } = this.#exchange.parts
    this.#leave = offline.run(job, (result) => this.#exchange.guard(() => this.#take(result)))
  }

  #take(result: OfflineResult): void {
    if (this.#isOver) return
    if ('failure' in result) {
      const { code, ...rest } = result.failure
      return this.#listener.onBroken(this, new AppError(code, rest))
    }
    this.answerStatus = 200
    this.#pieces = result.pieces
    this.#listener.onAnswer(this)
    this.#writeNext()
  }

  /** One piece per turn of the event loop, so that other calls go on and each piece is its own write. */
  #writeNext(): void {
    if (this.#isOver || this.#isPaused) return
    const piece = this.#pieces[this.#next++]
    if (piece === undefined) return this.#listener.onEnd(this)
    this.#listener.onBytes(this, Buffer.from(piece))
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
