/** Calls that are asking for an answer which others may be given, too; by the key that the answer will be kept under. */
export class AnswerFlights {
  readonly #landings = new Map<string, Promise<void>>()

  /** Others wait for this one from here on. Returns what ends that, whatever has become of it; a second call does nothing. */
  begin(key: string): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#landings.set(key, promise)
    return () => {
      if (this.#landings.get(key) === promise) this.#landings.delete(key)
      resolve()
    }
  }

  isUnderWay(key: string): boolean {
    return this.#landings.has(key)
  }

  /** Resolves when nobody asks for it any more, at most after `timeoutMs`. */
  async wait(key: string, timeoutMs: number): Promise<void> {
    const landing = this.#landings.get(key)
    if (landing === undefined) return
    const late = Promise.withResolvers<void>()
    const timer = setTimeout(late.resolve, timeoutMs)
    await Promise.race([landing, late.promise])
    clearTimeout(timer)
  }
}
