import { AppError } from '@ratchet/contract'

/**
 * Runs work under a signal that aborts with the outer one or after `timeoutMs`. When the time is up it throws
 * `timeout`, also when the work itself does not heed the signal.
 */
export async function withTimeout<Result>(
  options: { readonly signal: AbortSignal; readonly timeoutMs: number | undefined; readonly what: string },
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  options.signal.throwIfAborted()
  const controller = new AbortController()
  const leave = (): void => controller.abort(options.signal.reason)
  options.signal.addEventListener('abort', leave, { once: true })
  const timer =
    options.timeoutMs === undefined
      ? undefined
      : setTimeout(() => controller.abort(timedOut(options.what, options.timeoutMs ?? 0)), options.timeoutMs)
  const aborted = new Promise<never>((_resolve, reject) => {
    controller.signal.addEventListener('abort', () => reject(reasonOf(controller.signal)), { once: true })
  })
  const running = work(controller.signal)
  // Whichever loses the race may still reject; the winner has told the story.
  running.catch(() => undefined)
  aborted.catch(() => undefined)
  try {
    return await Promise.race([running, aborted])
  } catch (error) {
    throw controller.signal.aborted ? reasonOf(controller.signal) : error
  } finally {
    clearTimeout(timer)
    options.signal.removeEventListener('abort', leave)
  }
}

/** Waits, or throws the signal's reason as soon as it aborts. */
export function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  return withTimeout(
    { signal, timeoutMs: undefined, what: 'a pause' },
    () => new Promise((resolve) => setTimeout(resolve, delayMs)),
  )
}

function timedOut(what: string, timeoutMs: number): AppError {
  return new AppError('timeout', {
    message: `${what} took longer than ${timeoutMs} ms. Raise its timeoutMs, or give it less to do.`,
    details: { timeoutMs },
  })
}

function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason
  return reason instanceof Error ? reason : new Error('The call was aborted.', { cause: reason })
}
