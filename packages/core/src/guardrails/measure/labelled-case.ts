import { z } from 'zod'

/**
 * A text with what each detector should find in it. Detectors that are not named should find nothing.
 * `held-out` cases were not looked at while rules were written.
 */
const labelledCase = z.strictObject({
  id: z.string(),
  /** ISO 639-1, or `none` for code, data and single names. */
  language: z.string(),
  text: z.string(),
  expected: z.record(z.string(), z.array(z.string())),
  split: z.enum(['tuning', 'held-out']),
})
export type LabelledCase = z.output<typeof labelledCase>

/**
 * Reads cases from JSON lines. "¦" stands inside invented credentials, so that nobody's secret scanner takes
 * them for leaks, and is taken out here.
 */
export function readLabelledCases(lines: string): LabelledCase[] {
  return lines
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const read = labelledCase.parse(JSON.parse(line))
      return { ...read, text: read.text.replaceAll('¦', '') }
    })
}
