/**
 * Joins the caller's signal with a deadline that can be moved. Call `stop` when done: a running timer
 * would keep a Node process alive.
 */
export type Deadline = {
  readonly signal: AbortSignal
  /** True when the deadline, not the caller, ended it. */
  hasPassed(): boolean
  /** Starts the time anew. */
  extend(timeoutMs: number): void
  stop(): void
}

export function startDeadline(timeoutMs: number, outer?: AbortSignal): Deadline {
  const controller = new AbortController()
  let hasPassed = false
  let timer: ReturnType<typeof setTimeout>
  const start = (ms: number) => {
    timer = setTimeout(() => {
      hasPassed = true
      controller.abort(new DOMException(`No answer within ${ms} ms`, 'TimeoutError'))
    }, ms)
  }
  start(timeoutMs)
  return {
    signal: outer ? AbortSignal.any([outer, controller.signal]) : controller.signal,
    hasPassed: () => hasPassed && !outer?.aborted,
    extend(ms) {
      clearTimeout(timer)
      start(ms)
    },
    stop: () => clearTimeout(timer),
  }
}
