const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]
const halfLogTwoPi = 0.9189385332046728

/** ln Γ(x) for x > 0 (Lanczos, g = 7, n = 9). */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x)
  const shifted = x - 1
  let sum = lanczos[0] ?? 1
  for (let index = 1; index < lanczos.length; index++) sum += (lanczos[index] ?? 0) / (shifted + index)
  const t = shifted + 7.5
  return halfLogTwoPi + (shifted + 0.5) * Math.log(t) - t + Math.log(sum)
}

/** ln B(a, b), without the cancellation of three large ln Γ (SLATEC dlbeta). */
export function logBeta(a: number, b: number): number {
  const p = Math.min(a, b)
  const q = Math.max(a, b)
  if (q < 10) return logGamma(p) + logGamma(q) - logGamma(p + q)
  if (p < 10) {
    const correction = stirlingError(q) - stirlingError(p + q)
    return logGamma(p) + correction + p - p * Math.log(p + q) + (q - 0.5) * Math.log1p(-p / (p + q))
  }
  const correction = stirlingError(p) + stirlingError(q) - stirlingError(p + q)
  const ratio = p / (p + q)
  return -0.5 * Math.log(q) + halfLogTwoPi + correction + (p - 0.5) * Math.log(ratio) + q * Math.log1p(-ratio)
}

/**
 * Regularised incomplete beta I_x(a, b) by the continued fraction of Numerical Recipes 6.4 (modified
 * Lentz). `complement` is 1 - x, passed separately so that nothing is lost when x is near 1.
 */
export function incompleteBeta(x: number, complement: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (complement <= 0) return 1
  // log1p keeps the digits that x close to 1 has already lost.
  const logX = complement < 0.5 ? Math.log1p(-complement) : Math.log(x)
  const logComplement = x < 0.5 ? Math.log1p(-x) : Math.log(complement)
  const front = Math.exp(a * logX + b * logComplement - logBeta(a, b))
  if (x < (a + 1) / (a + b + 2)) return (front * continuedFraction(x, a, b)) / a
  return 1 - (front * continuedFraction(complement, b, a)) / b
}

function stirlingError(x: number): number {
  const inverse = 1 / (x * x)
  return (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse * (1 / 1680 - inverse / 1188)))) / x
}

function continuedFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300
  const guard = (value: number) => (Math.abs(value) < tiny ? tiny : value)
  let c = 1
  let d = 1 / guard(1 - ((a + b) * x) / (a + 1))
  let fraction = d
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / guard(1 + even * d)
    c = guard(1 + even / c)
    fraction *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / guard(1 + odd * d)
    c = guard(1 + odd / c)
    fraction *= d * c
    if (Math.abs(d * c - 1) < 1e-16) break
  }
  return fraction
}
