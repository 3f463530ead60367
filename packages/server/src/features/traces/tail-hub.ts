import type { Clock } from '#platform/clock.ts'

/** A root that has just been stored. */
export type ArrivedTrace = { readonly traceId: string; readonly startUs: number }

/** Tells listeners of a project which traces arrived. Nothing is kept for those who do not listen. */
export type TailHub = {
  readonly announce: (project: string, arrived: readonly ArrivedTrace[]) => void
  /** Batches of arrived traces until the signal aborts. Ends quietly; a slow listener misses the oldest. */
  readonly listen: (project: string, signal: AbortSignal) => AsyncGenerator<ArrivedTrace[]>
}

/** Children of a trace come from another process, a moment after its root. */
const settleMs = 400
const mostWaiting = 500

type Listener = { waiting: ArrivedTrace[]; wake: () => void }

/** Makes the in-process hub between ingestion and live views. */
export function makeTailHub(clock: Clock): TailHub {
  const listeners = new Map<string, Set<Listener>>()
  return {
    announce: (project, arrived) => {
      for (const listener of listeners.get(project) ?? []) {
        listener.waiting = [...listener.waiting, ...arrived].slice(-mostWaiting)
        listener.wake()
      }
    },
    listen: async function* (project, signal) {
      const listener: Listener = { waiting: [], wake: () => {} }
      const group = listeners.get(project) ?? new Set()
      listeners.set(project, group.add(listener))
      try {
        while (!signal.aborted) {
          await nextWake(listener, signal)
          if (!(await settled(clock, signal))) return
          yield listener.waiting.splice(0)
        }
      } finally {
        group.delete(listener)
        if (group.size === 0) listeners.delete(project)
      }
    },
  }
}

function nextWake(listener: Listener, signal: AbortSignal): Promise<void> {
  if (listener.waiting.length > 0) return Promise.resolve()
  return new Promise((resolve) => {
    listener.wake = resolve
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

async function settled(clock: Clock, signal: AbortSignal): Promise<boolean> {
  // An abort is how a listener leaves, not a failure.
  return clock.sleep(settleMs, signal).then(
    () => true,
    () => false,
  )
}
