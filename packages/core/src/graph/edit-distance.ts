/**
 * Damerau-Levenshtein distance (unrestricted; Lowrance & Wagner 1975): insertions, deletions, substitutions
 * and swaps of neighbours, by code point.
 */
export function editDistance(first: string, second: string): number {
  const a = Array.from(first)
  const b = Array.from(second)
  const far = a.length + b.length
  const width = b.length + 2
  const table = new Uint32Array((a.length + 2) * width)
  const at = (i: number, j: number) => table[(i + 1) * width + j + 1] ?? far
  const put = (i: number, j: number, value: number) => {
    table[(i + 1) * width + j + 1] = value
  }
  const lastRowOf = new Map<string, number>()
  for (let i = -1; i <= a.length; i++) {
    put(i, -1, far)
    if (i >= 0) put(i, 0, i)
  }
  for (let j = 0; j <= b.length; j++) {
    put(-1, j, far)
    put(0, j, j)
  }
  for (const [row, left] of a.entries()) {
    let lastColumn = 0
    for (const [column, right] of b.entries()) {
      const swapRow = lastRowOf.get(right) ?? 0
      const swapColumn = lastColumn
      const isSame = left === right
      if (isSame) lastColumn = column + 1
      const swap = at(swapRow - 1, swapColumn - 1) + (row - swapRow) + 1 + (column - swapColumn)
      const change = at(row, column) + (isSame ? 0 : 1)
      put(row + 1, column + 1, Math.min(change, at(row + 1, column) + 1, at(row, column + 1) + 1, swap))
    }
    lastRowOf.set(left, row + 1)
  }
  return at(a.length, b.length)
}
