/** Shorter pauses of the event loop are its own work. */
const usualMs = 10

/**
 * Watches how long this process stood still. Where gateway, provider and client are one process, a time that is
 * held to a bound may be late by as much: the machine did other work then.
 */
export function watchStalls(): { readonly stoodMs: () => number } {
  let turnMs = performance.now()
  let stoodMs = 0
  const count = (): void => {
    const nowMs = performance.now()
    if (nowMs - turnMs > usualMs) stoodMs += nowMs - turnMs
    turnMs = nowMs
  }
  const timer = setInterval(count, 1).unref()
  return {
    stoodMs: () => {
      clearInterval(timer)
      count()
      return stoodMs
    },
  }
}
