/** What stands where a figure is unknown. "No data" is never shown as zero. */
export const noData = '–'

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** 1234567 as "1,234,567". */
export function formatCount(value: number | bigint | undefined | null): string {
  return value === undefined || value === null ? noData : whole.format(value)
}

/** A count with its noun: "1 file", "1,234 files". `plural` where an s is not enough. */
export function formatQuantity(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`
}

const steps = [
  { size: 1e12, suffix: 'T' },
  { size: 1e9, suffix: 'B' },
  { size: 1e6, suffix: 'M' },
  { size: 1e3, suffix: 'k' },
] as const

/** A count in at most four characters and a suffix: 999, "1.2k", "12.3k", "4.6M". */
export function formatCompact(value: number | undefined | null): string {
  if (value === undefined || value === null) return noData
  const size = Math.abs(value)
  // 999,500 would round to "1000k", so each step begins where its rounding does.
  const step = steps.find((candidate) => size >= candidate.size * 0.9995)
  if (step === undefined || size < 1000) return trimZeros(value.toFixed(Number.isInteger(value) ? 0 : 1))
  const scaled = value / step.size
  return `${trimZeros(scaled.toFixed(Math.abs(scaled) >= 99.95 ? 0 : 1))}${step.suffix}`
}

/** A score, rate or difference with the digits that matter (3 decimals below 10, fewer above). */
export function formatScore(value: number | undefined | null): string {
  if (value === undefined || value === null || !Number.isFinite(value)) return noData
  const size = Math.abs(value)
  if (size >= 1000) return whole.format(value)
  return value.toFixed(size >= 100 ? 1 : size >= 10 ? 2 : 3)
}

/** A difference, always with its sign: "+0.034", "−0.120" (a real minus), "0.000". */
export function formatDifference(value: number | undefined | null): string {
  if (value === undefined || value === null || !Number.isFinite(value)) return noData
  const digits = formatScore(Math.abs(value))
  if (Number(digits.replaceAll(',', '')) === 0) return digits
  return `${value > 0 ? '+' : '−'}${digits}`
}

/** 0.1234 as "12.3 %"; small rates keep two significant digits. */
export function formatPercent(share: number | undefined | null): string {
  if (share === undefined || share === null || !Number.isFinite(share)) return noData
  const percent = share * 100
  if (percent === 0) return '0 %'
  const size = Math.abs(percent)
  const digits = size >= 99.95 ? 0 : size >= 0.95 ? 1 : Math.min(4, 1 - Math.floor(Math.log10(size)))
  return `${trimZeros(percent.toFixed(digits))} %`
}

/** Nano-dollars as dollars: cents from $1 up, two significant digits below a cent ("$0.00042"). */
export function formatCostNano(costNano: number | bigint | string | undefined | null): string {
  if (costNano === undefined || costNano === null) return noData
  const dollars = Number(costNano) / 1e9
  if (dollars === 0) return '$0'
  const sign = dollars < 0 ? '−' : ''
  const size = Math.abs(dollars)
  if (size >= 1000) return `${sign}$${whole.format(size)}`
  if (size >= 0.995) return `${sign}$${size.toFixed(2)}`
  const digits = size >= 0.01 ? 3 : 1 - Math.floor(Math.log10(size))
  return `${sign}$${trimZeros(size.toFixed(Math.min(9, digits)), 2)}`
}

/** Milliseconds in the unit a person would use: "0.4 ms", "340 ms", "1.24 s", "2 min 5 s", "3 h 20 min". */
export function formatDuration(ms: number | undefined | null): string {
  if (ms === undefined || ms === null || !Number.isFinite(ms)) return noData
  if (ms < 0) return `−${formatDuration(-ms)}`
  if (ms === 0) return '0 ms'
  if (ms < 9.95) return `${trimZeros(ms.toFixed(1))} ms`
  if (ms < 999.5) return `${ms.toFixed(0)} ms`
  if (ms < 59_995) return `${(ms / 1000).toFixed(ms < 9_995 ? 2 : 1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 3600) return pair(Math.floor(seconds / 60), 'min', seconds % 60, 's')
  const minutes = Math.round(seconds / 60)
  if (minutes < 1440) return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
  const hours = Math.round(minutes / 60)
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

/** Bytes with decimal units: "512 B", "3.2 MB". */
export function formatBytes(bytes: number | undefined | null): string {
  if (bytes === undefined || bytes === null) return noData
  const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const
  const at = Math.max(0, Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes * 1.0005)) / 3)))
  const scaled = bytes / 10 ** (3 * at)
  return `${trimZeros(scaled.toFixed(at === 0 || scaled >= 99.95 ? 0 : 1))} ${units[at] ?? 'B'}`
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0
    ? `${String(large)} ${largeUnit}`
    : `${String(large)} ${largeUnit} ${String(small)} ${smallUnit}`
}

function trimZeros(text: string, keepDecimals = 0): string {
  if (!text.includes('.')) return text
  const [before = '', after = ''] = text.split('.')
  const kept = after.replace(/0+$/, '').padEnd(keepDecimals, '0')
  return kept === '' ? before : `${before}.${kept}`
}
