/** Time as a part that is passed in, so that tests decide what time it is and never really wait. */
export type Clock = {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Resolves after `delayMs`, or rejects with the signal's reason as soon as it aborts. */
  readonly sleep: (delayMs: number, signal?: AbortSignal) => Promise<void>
}

/** The machine's clock. A sleeping timer does not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (delayMs, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const onAbort = () => {
        clearTimeout(timer)
        reject(signal?.reason)
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      }, delayMs)
      timer.unref()
      signal?.addEventListener('abort', onAbort, { once: true })
    }),
}
