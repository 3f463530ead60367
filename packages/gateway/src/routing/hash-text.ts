/** FNV-1a over UTF-16 units with murmur3's finaliser: 32 well-mixed bits. Not for secrets. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return mixBits(hash)
}

/** Two hashes as one number in (0, 1), as even as a random one. */
export function hashPair(a: number, b: number): number {
  const mixed = mixBits(Math.imul(a, 0x9e3779b1) ^ mixBits(b + 0x7f4a7c15))
  return (mixed + 0.5) / 4_294_967_296
}

function mixBits(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
