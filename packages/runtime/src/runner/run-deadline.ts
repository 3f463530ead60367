import { AppError } from '@ratchet/contract'

/** A signal that aborts when the caller leaves, the runner stops, or the time is over. */
export type RunDeadline = {
  readonly signal: AbortSignal
  readonly abort: (reason: Error) => void
  /** Lets go of the timer. */
  readonly clear: () => void
}

/** Values above are times since 1970 (after 2001), values below are durations. */
const earliestTimeMs = 1e12
const longestTimerMs = 2 ** 31 - 1

/** `deadlineMs`: milliseconds since 1970, or from now when smaller than 1e12. */
export function startDeadline(deadlineMs: number, app: string, now: () => number): RunDeadline {
  const controller = new AbortController()
  const leftMs = Math.max(0, deadlineMs > earliestTimeMs ? deadlineMs - now() : deadlineMs)
  const late = (): void =>
    controller.abort(
      new AppError('timeout', {
        message: `The app "${app}" did not finish within ${Math.round(leftMs)} ms. Allow more with the header x-ratchet-timeout-ms, or open the trace to see which step is slow.`,
        details: { app, timeoutMs: Math.round(leftMs) },
      }),
    )
  const timer = setTimeout(late, Math.min(leftMs, longestTimerMs))
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    clear: () => clearTimeout(timer),
  }
}
