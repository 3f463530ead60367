/** Cosine of the angle between two vectors, 0 when either is zero. Throws RangeError on unequal lengths. */
export function cosineSimilarity(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) {
    throw new RangeError(`Vectors must have equal length, got ${a.length} and ${b.length}.`)
  }
  let dot = 0
  let squareA = 0
  let squareB = 0
  for (let index = 0; index < a.length; index++) {
    const x = a[index] ?? 0
    const y = b[index] ?? 0
    dot += x * y
    squareA += x * x
    squareB += y * y
  }
  return squareA === 0 || squareB === 0 ? 0 : dot / Math.sqrt(squareA * squareB)
}
