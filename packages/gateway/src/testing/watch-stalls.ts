import { monitorEventLoopDelay } from 'node:perf_hooks'

/**
 * Watches how long this process stood still. Where gateway, provider and client are one process, a time that is
 * held to a bound may be late by as much: the machine did other work then.
 */
export function watchStalls(): { readonly longestMs: () => number } {
  const delays = monitorEventLoopDelay({ resolution: 1 })
  delays.enable()
  return {
    longestMs: () => {
      delays.disable()
      return delays.max / 1e6
    },
  }
}
