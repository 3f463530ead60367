/** Microseconds since 1970 as the engine writes a DateTime64(6): `YYYY-MM-DD hh:mm:ss.ffffff`, UTC. */
export function timeTextOfUs(us: number): string {
  const seconds = Math.floor(us / 1_000_000)
  const rest = String(us - seconds * 1_000_000).padStart(6, '0')
  return `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')}.${rest}`
}

/** Milliseconds since 1970 (or a Date) as text for a DateTime64 column or parameter. */
export function timeTextOfMs(time: number | Date): string {
  return timeTextOfUs((typeof time === 'number' ? time : time.getTime()) * 1000)
}

/** Microseconds since 1970 of a DateTime or DateTime64 as the engine returns it. */
export function usOfTimeText(text: string): number {
  const [seconds = '', fraction = ''] = text.split('.')
  return Date.parse(`${seconds.replace(' ', 'T')}Z`) * 1000 + Number(fraction.slice(0, 6).padEnd(6, '0'))
}
