const anchorMs = 10_000

/** Wall clock in microseconds: finer than Date.now(), and following its corrections within seconds. */
export type WallClock = { readonly nowUs: () => number }

export function makeWallClock(): WallClock {
  let offsetMs = Date.now() - performance.now()
  let anchoredAtMs = performance.now()
  return {
    nowUs: () => {
      const monotonicMs = performance.now()
      if (monotonicMs - anchoredAtMs > anchorMs) {
        offsetMs = Date.now() - monotonicMs
        anchoredAtMs = monotonicMs
      }
      return Math.round((offsetMs + monotonicMs) * 1000)
    },
  }
}
