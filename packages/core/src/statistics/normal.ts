const sqrtTwo = Math.SQRT2
const sqrtTwoPi = Math.sqrt(2 * Math.PI)

/** Standard normal distribution function, accurate in both tails (relative error below 1e-13 to |x| = 30). */
export function normalCdf(x: number): number {
  return Number.isNaN(x) ? NaN : x < 0 ? 0.5 * erfc(-x / sqrtTwo) : 1 - 0.5 * erfc(x / sqrtTwo)
}

/**
 * Standard normal quantile. Starts from Abramowitz & Stegun 26.2.23 and polishes with Halley steps on
 * the tail probability, so it is exact to about 1e-14. 0 and 1 give -Infinity and Infinity.
 */
export function normalQuantile(probability: number): number {
  if (!(probability >= 0 && probability <= 1)) return NaN
  if (probability === 0.5) return 0
  if (probability > 0.5) return -lowerQuantile(1 - probability)
  return lowerQuantile(probability)
}

function lowerQuantile(tail: number): number {
  if (tail === 0) return -Infinity
  const t = Math.sqrt(-2 * Math.log(tail))
  const numerator = 2.515517 + t * (0.802853 + t * 0.010328)
  const denominator = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308))
  let x = -(t - numerator / denominator)
  for (let step = 0; step < 4; step++) {
    const density = Math.exp((-x * x) / 2) / sqrtTwoPi
    // Beyond |x| = 38 the density is zero in double precision; the start value is all there is.
    if (density === 0) break
    const error = (normalCdf(x) - tail) / density
    x -= error / (1 + (x * error) / 2)
  }
  return x
}

/** Complementary error function for x >= 0: power series below 2, Lentz continued fraction above. */
function erfc(x: number): number {
  const square = x * x
  if (x < 2) {
    let term = x
    let sum = x
    for (let n = 1; Math.abs(term) > 1e-17 * sum && n < 200; n++) {
      term *= (2 * square) / (2 * n + 1)
      sum += term
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * Math.exp(-square) * sum
  }
  let b = square + 0.5
  let c = Infinity
  let d = 1 / b
  let fraction = d
  for (let n = 1; n < 300; n++) {
    const an = -n * (n - 0.5)
    b += 2
    d = 1 / (an * d + b)
    c = b + an / c
    const delta = c * d
    fraction *= delta
    if (Math.abs(delta - 1) < 1e-16) break
  }
  return (x * Math.exp(-square) * fraction) / Math.sqrt(Math.PI)
}
