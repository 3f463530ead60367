/** Digits that look random and are the same in every run. */
export function fakeHex(seed: number, length: number): string {
  let state = (seed + 1) * 2_654_435_761
  let text = ''
  while (text.length < length) {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 3_266_489_917) >>> 0
    text += state.toString(16).padStart(8, '0')
  }
  return text.slice(0, length)
}

/** A number from 0 to 1 that is the same for the same seed. */
export function fakeShare(seed: number): number {
  return Number.parseInt(fakeHex(seed * 7 + 3, 8), 16) / 0xffffffff
}

export function fakeUuid(seed: number): string {
  const hex = fakeHex(seed, 32)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** A time that many minutes before `now`. */
export function minutesBefore(now: Date, minutes: number): string {
  return new Date(now.getTime() - minutes * 60_000).toISOString()
}
