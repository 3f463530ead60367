import type { Measure } from './query-fields.ts'

type Unit = { readonly suffix: string; readonly size: number }

/** Units by measure, largest first; sizes in the stored base (microseconds, nano-dollars, tokens). */
const units: Readonly<Record<Measure, readonly Unit[]>> = {
  duration: [
    { suffix: 'm', size: 60_000_000 },
    { suffix: 's', size: 1_000_000 },
    { suffix: 'ms', size: 1000 },
    { suffix: 'us', size: 1 },
  ],
  money: [{ suffix: '', size: 1_000_000_000 }],
  count: [
    { suffix: 'M', size: 1_000_000 },
    { suffix: 'k', size: 1000 },
    { suffix: '', size: 1 },
  ],
}
const defaultSuffix: Readonly<Record<Measure, string>> = { duration: 'ms', money: '', count: '' }
const examples: Readonly<Record<Measure, string>> = {
  duration: '500ms, 2s or 1.5m',
  money: '0.01 (US dollars)',
  count: '1000 or 2k',
}

/** Reads `2s`, `0.01`, `2k` into whole microseconds, nano-dollars or tokens; undefined when it is none. */
export function parseMeasure(text: string, measure: Measure): number | undefined {
  const match = /^\$?(\d+(?:\.\d+)?|\.\d+)([a-zA-Z]*)$/.exec(text)
  if (!match) return undefined
  const suffix = match[2] || defaultSuffix[measure]
  const unit = units[measure].find((candidate) => candidate.suffix.toLowerCase() === suffix.toLowerCase())
  if (!unit) return undefined
  const value = Math.round(Number(match[1]) * unit.size)
  return Number.isSafeInteger(value) ? value : undefined
}

/** Writes a value so that {@link parseMeasure} reads exactly it: the largest unit that divides it. */
export function printMeasure(value: number, measure: Measure): string {
  if (measure === 'money') return printDollars(value)
  const fitting = units[measure].find((unit) => value !== 0 && value % unit.size === 0)
  if (fitting) return `${value / fitting.size}${fitting.suffix}`
  return value === 0 ? `0${defaultSuffix[measure]}` : `${value}${units[measure].at(-1)?.suffix ?? ''}`
}

/** How values of the measure may be written, for error messages. */
export function measureExamples(measure: Measure): string {
  return examples[measure]
}

function printDollars(nano: number): string {
  const whole = Math.floor(nano / 1_000_000_000)
  const rest = String(nano % 1_000_000_000)
    .padStart(9, '0')
    .replace(/0+$/, '')
  return rest === '' ? String(whole) : `${whole}.${rest}`
}
