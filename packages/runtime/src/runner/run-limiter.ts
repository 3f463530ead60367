import { AppError } from '@ratchet/contract'

/** Lets so many runs go at once; others wait in order, and beyond that are turned away. */
export class RunLimiter {
  readonly #maxRuns: number
  readonly #maxWaiting: number
  readonly #waiting = new Set<() => void>()
  #active = 0

  constructor(maxRuns: number, maxWaiting: number) {
    this.#maxRuns = maxRuns
    this.#maxWaiting = maxWaiting
  }

  get active(): number {
    return this.#active
  }

  get waiting(): number {
    return this.#waiting.size
  }

  /** Resolves with the function that ends the turn. Throws `overloaded` at once, or the signal's reason while waiting. */
  async enter(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    if (this.#active < this.#maxRuns) this.#active += 1
    else if (this.#waiting.size < this.#maxWaiting) await this.#wait(signal)
    else throw this.#overloaded()
    let hasLeft = false
    return () => {
      if (hasLeft) return
      hasLeft = true
      this.#leave()
    }
  }

  async #wait(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const abort = (): void => {
      this.#waiting.delete(resolve)
      reject(signal.reason)
    }
    this.#waiting.add(resolve)
    signal.addEventListener('abort', abort, { once: true })
    await promise.finally(() => signal.removeEventListener('abort', abort))
  }

  /** The turn passes to the next in line, so `active` stays as it is then. */
  #leave(): void {
    const [next] = this.#waiting
    if (next === undefined) {
      this.#active -= 1
      return
    }
    this.#waiting.delete(next)
    next()
  }

  #overloaded(): AppError {
    return new AppError('overloaded', {
      message: `The runner executes ${this.#active} runs and ${this.#waiting.size} wait, which is its limit. Try again in a moment, or start more runners.`,
      details: { active: this.#active, waiting: this.#waiting.size },
    })
  }
}
