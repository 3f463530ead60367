import { normalQuantile } from '../statistics/normal.ts'

/** One call's tokens. */
export type CallTokens = { readonly input: number; readonly output: number }

/** Tokens of calls: their mean and the number that 95 % of calls stay below. */
export type TokenSpread = { readonly mean: number; readonly p95: number }

export type Traffic = {
  readonly requestsPerDay: number
  /** Calls that stand for all: as they were recorded, or drawn by {@link sampleCalls}. */
  readonly calls: readonly CallTokens[]
  /** Whether `calls` were recorded: only then their spread says how sure the mean is. */
  readonly isRecorded: boolean
  /** Share of the input that begins every call the same way, 0 to 1. */
  readonly cacheableShare: number
  /** Share of calls that repeat an earlier one exactly, 0 to 1; undefined when nobody measured it. */
  readonly repeatShare: number | undefined
  /** How much busier the busiest moment is than the average one; at least 1. */
  readonly peakFactor: number
}

const sampleSize = 400

/**
 * Calls whose tokens are log-normal with these means and 95th percentiles, as token counts tend to be. Evenly spaced
 * quantiles instead of chance, scaled so that the means are exact; output runs through the quantiles in another order,
 * so that long questions do not always get long answers.
 */
export function sampleCalls(input: TokenSpread, output: TokenSpread): CallTokens[] {
  const inputs = quantiles(input)
  const outputs = quantiles(output)
  // 149 shares no factor with 400, so every quantile is taken once.
  return inputs.map((tokens, index) => ({ input: tokens, output: outputs[(index * 149) % sampleSize] ?? 0 }))
}

function quantiles({ mean, p95 }: TokenSpread): number[] {
  if (mean <= 0) return Array.from({ length: sampleSize }, () => 0)
  const width = widthOf(Math.max(1, p95 / mean))
  const raw = Array.from({ length: sampleSize }, (_, index) =>
    Math.exp(width * normalQuantile((index + 0.5) / sampleSize)),
  )
  const scale = (mean * sampleSize) / raw.reduce((sum, value) => sum + value, 0)
  return raw.map((value) => value * scale)
}

/** Of a log-normal, p95 / mean = exp(z s - s^2 / 2): the smaller root for s; above its largest ratio, that of the largest. */
function widthOf(ratio: number): number {
  const z = normalQuantile(0.95)
  return z - Math.sqrt(Math.max(0, z * z - 2 * Math.log(ratio)))
}
