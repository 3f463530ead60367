import { randomBytes } from 'node:crypto'

const zeroSpanId = '0000000000000000'

/** Microseconds since 1970, from the clock that does not jump. */
export function nowUs(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000)
}

/** A W3C span id; never all zeros, which would mean none. */
export function newSpanId(): string {
  const id = randomBytes(8).toString('hex')
  return id === zeroSpanId ? newSpanId() : id
}
