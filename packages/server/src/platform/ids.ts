import { randomFillSync } from 'node:crypto'
import { systemClock, type Clock } from './clock.ts'

/** Makes one id per call. */
export type MakeId = () => string

const counterLimit = 1 << 12

/**
 * A UUIDv7 maker: ids sort by creation, also within a millisecond and when the clock steps back.
 * PostgreSQL 15 has no `uuidv7()`, so ids are always made here.
 */
export function makeIds(
  parts: { clock?: Pick<Clock, 'now'>; random?: (bytes: Uint8Array) => void } = {},
): MakeId {
  const clock = parts.clock ?? systemClock
  const random = parts.random ?? ((bytes: Uint8Array) => void randomFillSync(bytes))
  const noise = new Uint8Array(10)
  let lastMs = -1
  let counter = 0
  return () => {
    random(noise)
    const nowMs = clock.now()
    if (nowMs > lastMs) {
      lastMs = nowMs
      // Start low in the 12-bit counter so that a burst within one millisecond has room to count up.
      counter = (((noise[0] ?? 0) << 8) | (noise[1] ?? 0)) & 0x3ff
    } else if (++counter >= counterLimit) {
      lastMs += 1
      counter = 0
    }
    return format(lastMs, counter, noise)
  }
}

function format(timeMs: number, counter: number, noise: Uint8Array): string {
  const time = timeMs.toString(16).padStart(12, '0')
  const high = (0x7000 | counter).toString(16)
  const variant = (0x80 | ((noise[2] ?? 0) & 0x3f)).toString(16)
  const rest = Buffer.from(noise.subarray(3, 10)).toString('hex')
  const low = variant + rest
  return `${time.slice(0, 8)}-${time.slice(8)}-${high}-${low.slice(0, 4)}-${low.slice(4)}`
}

/** The process's id maker. */
export const newId: MakeId = makeIds()
