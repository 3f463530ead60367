import type { Attempt, AttemptListener } from '../attempts/attempt.ts'
import type { Exchange } from '../calls/exchange.ts'
import type { JsonObject } from '../formats/parse-json.ts'
import type { FormatName } from '../neutral/content.ts'
import type { CompiledTarget } from '../routing/compiled-route.ts'

/** An answer that the gateway itself can give, in the place of a provider that has no such API. */
export class LocalAttempt implements Attempt {
  readonly target: CompiledTarget
  readonly format: FormatName
  answerStatus = 0
  readonly contentType = 'application/json'
  readonly answerHeaders = {}
  #isOver = false

  constructor(target: CompiledTarget, format: FormatName) {
    this.target = target
    this.format = format
  }

  /** The listener is told later, as by every attempt. */
  answer(exchange: Exchange, listener: AttemptListener, json: JsonObject): void {
    setImmediate(() =>
      exchange.guard(() => {
        if (this.#isOver) return
        this.answerStatus = 200
        listener.onAnswer(this)
        listener.onBytes(this, Buffer.from(JSON.stringify(json)))
        listener.onEnd(this)
      }),
    )
  }

  finish(): void {
    this.#isOver = true
  }

  cancel(): void {
    this.#isOver = true
  }

  pause(): void {}

  resume(): void {}
}
