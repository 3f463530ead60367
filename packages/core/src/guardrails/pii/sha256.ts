const initial: readonly number[] = fractions(8, 2)
const constants: readonly number[] = fractions(64, 3)

/** SHA-256 (FIPS 180-4) of a few bytes, for the checksums inside wallet addresses. Not meant for long input. */
export function sha256(bytes: Uint8Array): Uint8Array {
  const length = Math.ceil((bytes.length + 9) / 64) * 64
  const padded = new Uint8Array(length)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(length - 4, bytes.length * 8)
  const state = Uint32Array.from(initial)
  for (let block = 0; block < length; block += 64) mixBlock(state, view, block)
  const digest = new DataView(new ArrayBuffer(32))
  state.forEach((word, index) => digest.setUint32(index * 4, word))
  return new Uint8Array(digest.buffer)
}

function mixBlock(state: Uint32Array, view: DataView, block: number): void {
  const words = new Uint32Array(64)
  for (let index = 0; index < 64; index += 1) {
    if (index < 16) words[index] = view.getUint32(block + index * 4)
    else {
      const [early, late] = [words[index - 15] ?? 0, words[index - 2] ?? 0]
      const first = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3)
      const second = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10)
      words[index] = (words[index - 16] ?? 0) + first + (words[index - 7] ?? 0) + second
    }
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state
  for (let index = 0; index < 64; index += 1) {
    const mixed = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    const sum = (h + mixed + ((e & f) ^ (~e & g)) + (constants[index] ?? 0) + (words[index] ?? 0)) | 0
    const other = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0
    ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + sum) | 0, c, b, a, (sum + other) | 0]
  }
  for (const [index, value] of [a, b, c, d, e, f, g, h].entries()) state[index] = (state[index] ?? 0) + value
}

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by))
}

/** First 32 bits of the fractional parts of the roots of the first primes: the constants of the standard. */
function fractions(count: number, root: 2 | 3): number[] {
  const found: number[] = []
  for (let candidate = 2; found.length < count; candidate += 1) {
    let isPrime = true
    for (let factor = 2; factor * factor <= candidate; factor += 1)
      if (candidate % factor === 0) isPrime = false
    if (isPrime) found.push(fractionBits(BigInt(candidate), root))
  }
  return found
}

function fractionBits(prime: bigint, root: 2 | 3): number {
  // The integer root of prime * 2^(32 * root) has the wanted bits as its last 32.
  const target = prime << BigInt(32 * root)
  let low = 0n
  let high = 1n << 40n
  while (low < high) {
    const middle = (low + high + 1n) >> 1n
    if (middle ** BigInt(root) <= target) low = middle
    else high = middle - 1n
  }
  return Number(low & 0xffffffffn)
}
