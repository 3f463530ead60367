const countFormat = new Intl.NumberFormat('en-US')

/** `1,234` */
export function formatCount(count: number): string {
  return countFormat.format(count)
}

/** `0.8 ms`, `42 ms`, `1.24 s`, `3 min 07 s`, `2 h 05 min`. */
export function formatDuration(ms: number): string {
  if (ms < 0) return `-${formatDuration(-ms)}`
  if (ms < 10) return `${ms.toFixed(1)} ms`
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${pad(seconds % 60)} s`
  const minutes = Math.round(seconds / 60)
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`
}

/** Nano-dollars with the digits that matter: `$0`, `$0.00042`, `$1.23`, `$1,234`. */
export function formatMoney(nano: number): string {
  if (nano === 0) return '$0'
  const dollars = nano / 1e9
  const size = Math.abs(dollars)
  if (dollars < 0) return `-${formatMoney(-nano)}`
  if (size >= 1000) return `$${countFormat.format(Math.round(dollars))}`
  if (size >= 0.1) return `$${dollars.toFixed(2)}`
  const digits = Math.min(9, 1 - Math.floor(Math.log10(size)))
  return `$${dollars.toFixed(digits)}`
}

/** Bytes in binary units: `512 B`, `1.5 MiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10))
  const value = bytes / 1024 ** step
  return `${step === 0 ? Math.round(value) : value.toFixed(1)} ${units[step]}`
}

/** A score with three decimals, a large figure with fewer; `–` when there is none. */
export function formatScore(value: number | null): string {
  if (value === null) return '–'
  const size = Math.abs(value)
  if (size >= 1000) return countFormat.format(Math.round(value))
  return value.toFixed(size >= 10 ? 1 : 3)
}

/** `0.710 … 0.830`, or `–` when there is no interval. */
export function formatInterval(
  low: number | null,
  high: number | null,
  show: (value: number) => string = formatScore,
): string {
  return low === null || high === null ? '–' : `${show(low)} … ${show(high)}`
}

/** A difference with its sign. */
export function formatDifference(
  value: number | null,
  show: (value: number) => string = formatScore,
): string {
  return value === null ? '–' : `${value > 0 ? '+' : ''}${show(value)}`
}

/** `<0.001`, `0.042`. */
export function formatProbability(p: number | null): string {
  if (p === null) return '–'
  return p < 0.001 ? '<0.001' : p.toFixed(3)
}

/** `12 s ago`, `5 min ago`, `3 h ago`, then the date. */
export function formatAge(iso: string, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - Date.parse(iso)) / 1000))
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`
  return iso.slice(0, 10)
}

/** A row of bars for a series, eight heights; empty for an empty series. */
export function formatSparkline(values: readonly number[]): string {
  const top = Math.max(...values, 0)
  const bars = '▁▂▃▄▅▆▇█'
  return values.map((value) => bars[top === 0 ? 0 : Math.round((Math.max(0, value) / top) * 7)]).join('')
}

function pad(value: number): string {
  return String(value).padStart(2, '0')
}
