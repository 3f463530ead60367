import { incompleteBeta, logBeta } from './incomplete-beta.ts'
import { normalCdf, normalQuantile } from './normal.ts'

// From here the continued fraction loses digits, while Abramowitz & Stegun 26.7.8 errs by 1e-12 only.
const nearlyNormalDegrees = 1e6

/** Student's t distribution function for any real `degrees` > 0. */
export function studentTCdf(t: number, degrees: number): number {
  if (Number.isNaN(t) || !(degrees > 0)) return NaN
  return t < 0 ? upperTail(-t, degrees) : 1 - upperTail(t, degrees)
}

/**
 * Student's t quantile: closed forms for 1 and 2 degrees, otherwise Newton steps kept inside a bracket.
 * 0 and 1 give -Infinity and Infinity.
 */
export function studentTQuantile(probability: number, degrees: number): number {
  if (!(probability >= 0 && probability <= 1) || !(degrees > 0)) return NaN
  if (probability === 0.5) return 0
  if (probability < 0.5) return -positiveQuantile(probability, degrees)
  return positiveQuantile(1 - probability, degrees)
}

/** Two-sided p-value of a t statistic, exact in the far tail. */
export function studentTTwoSided(t: number, degrees: number): number {
  return Math.min(1, 2 * upperTail(Math.abs(t), degrees))
}

function upperTail(t: number, degrees: number): number {
  if (t === Infinity) return 0
  const square = t * t
  if (degrees >= nearlyNormalDegrees) {
    return normalCdf((-t * (1 - 1 / (4 * degrees))) / Math.sqrt(1 + square / (2 * degrees)))
  }
  return 0.5 * incompleteBeta(degrees / (degrees + square), square / (degrees + square), degrees / 2, 0.5)
}

function density(t: number, degrees: number): number {
  const exponent = -((degrees + 1) / 2) * Math.log1p((t * t) / degrees)
  return Math.exp(exponent - logBeta(degrees / 2, 0.5)) / Math.sqrt(degrees)
}

function positiveQuantile(tail: number, degrees: number): number {
  if (tail === 0) return Infinity
  if (degrees === 1) return 1 / Math.tan(Math.PI * tail)
  if (degrees === 2) return (1 - 2 * tail) / Math.sqrt(2 * tail * (1 - tail))
  let low = 0
  let high = Math.max(1, -normalQuantile(tail))
  while (upperTail(high, degrees) > tail) {
    low = high
    high *= 2
  }
  let t = (low + high) / 2
  for (let step = 0; step < 200; step++) {
    const error = upperTail(t, degrees) - tail
    if (error > 0) low = t
    else high = t
    const newton = t + error / density(t, degrees)
    const next = newton > low && newton < high ? newton : (low + high) / 2
    if (Math.abs(next - t) <= 1e-15 * next) return next
    t = next
  }
  return t
}
