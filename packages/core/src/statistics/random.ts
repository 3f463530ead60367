/** A source of uniform numbers in [0, 1). Passed in wherever chance is needed, so results repeat. */
export type Random = () => number

/**
 * Seeded generator: sfc32 (Doty-Humphrey, PractRand) with 53-bit output, seeded through FNV-1a and
 * twelve warm-up rounds. Equal seeds give equal sequences on every machine. Not for secrets.
 */
export function makeRandom(seed: number | string): Random {
  let a = hashSeed(`a:${seed}`)
  let b = hashSeed(`b:${seed}`)
  let c = hashSeed(`c:${seed}`)
  let counter = 1
  const next32 = () => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }
  for (let round = 0; round < 12; round++) next32()
  return () => ((next32() >>> 5) * 67_108_864 + (next32() >>> 6)) / 9_007_199_254_740_992
}

/** Uniform integer in [0, below). `below` must be at least 1. */
export function randomInteger(random: Random, below: number): number {
  return Math.floor(random() * below)
}

/** A shuffled copy (Fisher-Yates); the input stays as it is. */
export function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const copy: Item[] = []
  for (const item of items) {
    const place = randomInteger(random, copy.length + 1)
    const displaced = copy[place]
    if (displaced === undefined) copy.push(item)
    else {
      copy.push(displaced)
      copy[place] = item
    }
  }
  return copy
}

function hashSeed(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return hash | 0
}
