const day = 86_400_000

/** How long ago, short: "just now", "4 min ago", "3 h ago", "2 d ago", then the date ("Nov 3", "Nov 3, 2025"). */
export function formatRelativeTime(at: Date, now: Date): string {
  const ms = now.getTime() - at.getTime()
  if (Number.isNaN(ms)) return 'unknown time'
  const size = Math.abs(ms)
  const words = (text: string): string => (ms >= 0 ? `${text} ago` : `in ${text}`)
  if (size < 5_000) return 'just now'
  if (size < 60_000) return words(`${String(Math.floor(size / 1000))} s`)
  if (size < 3_600_000) return words(`${String(Math.floor(size / 60_000))} min`)
  if (size < day) return words(`${String(Math.floor(size / 3_600_000))} h`)
  if (size < 7 * day) return words(`${String(Math.floor(size / day))} d`)
  const sameYear = at.getFullYear() === now.getFullYear()
  return at.toLocaleDateString('en-US', {
    month: 'short',
    day: 'numeric',
    ...(sameYear ? {} : { year: 'numeric' }),
  })
}

/** The exact local time with milliseconds and zone, for hover and copying. */
export function formatExactTime(at: Date): string {
  if (Number.isNaN(at.getTime())) return 'unknown time'
  const zone = Intl.DateTimeFormat('en-US', { timeZoneName: 'shortOffset' }).formatToParts(at)
  const offset = zone.find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const two = (value: number, width = 2): string => String(value).padStart(width, '0')
  const date = `${String(at.getFullYear())}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return `${date} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${two(at.getMilliseconds(), 3)} ${offset}`
}
