import type { AppError } from '@ratchet/contract'
import type { Attempt, AttemptListener } from '../attempts/attempt.ts'
import { HttpAttempt } from '../attempts/http-attempt.ts'
import { answerLimitBytes, CollectedBytes } from '../calls/outgoing/collected-bytes.ts'
import type { Exchange } from '../calls/exchange.ts'
import type { FormatName } from '../neutral/content.ts'
import { unusableAnswer } from '../providers/provider-error.ts'
import type { ProviderHeaders } from '../providers/response-headers.ts'
import type { CompiledTarget } from '../routing/compiled-route.ts'
import type { EndpointCall } from './ask-endpoint.ts'

/** One whole answer of a provider. */
export type RawAnswer = { readonly body: Buffer; readonly headers: ProviderHeaders }

const mostAtOnce = 8
type Parts = {
  readonly exchange: Exchange
  readonly target: CompiledTarget
  readonly format: FormatName
  readonly listener: AttemptListener
}

/**
 * Several requests that are one attempt, for providers that take only so much at once: their answers come together, in
 * order, or the first failure ends them all.
 */
export class SeveralAttempts implements Attempt, AttemptListener {
  readonly target: CompiledTarget
  readonly format: FormatName
  readonly answers: RawAnswer[] = []
  readonly #parts: Parts
  readonly #running = new Map<Attempt, { readonly place: number; readonly bytes: CollectedBytes }>()
  #calls: readonly EndpointCall[] = []
  #send: (attempt: HttpAttempt, call: EndpointCall) => void = () => undefined
  #next = 0
  #done = 0
  #isOver = false
  /** The one whose head speaks for all: the one that failed, or the last. */
  #told: Attempt | undefined

  constructor(parts: Parts) {
    this.#parts = parts
    this.target = parts.target
    this.format = parts.format
  }

  /** Without calls the answer is empty. */
  start(calls: readonly EndpointCall[], send: (attempt: HttpAttempt, call: EndpointCall) => void): void {
    this.#calls = calls
    this.#send = send
    while (this.#running.size < mostAtOnce && this.#next < calls.length) this.#startNext()
  }

  get answerStatus(): number {
    return this.#told?.answerStatus ?? 0
  }

  get contentType(): string {
    return this.#told?.contentType ?? ''
  }

  get answerHeaders(): ProviderHeaders {
    return this.#told?.answerHeaders ?? {}
  }

  finish(): void {
    this.#isOver = true
  }

  cancel(reason: string): void {
    this.#isOver = true
    for (const attempt of this.#running.keys()) attempt.cancel(reason)
    this.#running.clear()
  }

  pause(): void {}

  resume(): void {}

  onAnswer(): void {}

  onBytes(attempt: Attempt, chunk: Buffer): void {
    if (this.#running.get(attempt)?.bytes.add(chunk) !== false) return
    this.onBroken(
      attempt,
      unusableAnswer(`answered more than ${answerLimitBytes} bytes`, this.target.connection),
    )
  }

  onEnd(attempt: Attempt): void {
    const running = this.#running.get(attempt)
    if (running === undefined || this.#isOver) return
    attempt.finish()
    this.#running.delete(attempt)
    this.answers[running.place] = { body: running.bytes.bytes(), headers: attempt.answerHeaders }
    this.#done += 1
    this.#told = attempt
    if (this.#done < this.#calls.length) return this.#startNext()
    const { listener } = this.#parts
    listener.onAnswer(this)
    listener.onEnd(this)
  }

  onRefused(attempt: Attempt, body: Buffer): void {
    if (!this.#fail(attempt)) return
    this.#parts.listener.onRefused(this, body)
  }

  onBroken(attempt: Attempt, error: AppError): void {
    if (!this.#fail(attempt)) return
    this.#parts.listener.onBroken(this, error)
  }

  #startNext(): void {
    const place = this.#next
    const call = this.#calls[place]
    if (call === undefined || this.#isOver) return
    this.#next += 1
    const { exchange, target, format } = this.#parts
    const attempt = new HttpAttempt(exchange, target, { format, listener: this })
    this.#running.set(attempt, { place, bytes: new CollectedBytes(answerLimitBytes) })
    this.#send(attempt, call)
  }

  #fail(attempt: Attempt): boolean {
    if (this.#isOver) return false
    this.#told = attempt
    this.#running.delete(attempt)
    this.cancel('another part of the call has failed')
    return true
  }
}
