import { useSyncExternalStore } from 'react'

const tickMs = 15_000
let now = new Date()
let timer: ReturnType<typeof setInterval> | undefined
const listeners = new Set<() => void>()

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    now = new Date()
    listeners.forEach((notify) => notify())
  }, tickMs)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0 || timer === undefined) return
    clearInterval(timer)
    timer = undefined
  }
}

function current(): Date {
  // With no timer running the stored time is stale.
  if (timer === undefined && Date.now() - now.getTime() > 1000) now = new Date()
  return now
}

/** The current time, renewed every 15 s by one timer for the whole page. */
export function useNow(): Date {
  return useSyncExternalStore(subscribe, current)
}
