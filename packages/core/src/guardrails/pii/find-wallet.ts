import { sha256 } from './sha256.ts'

const base58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const bech32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
// Version bytes: Bitcoin (1, 3), Litecoin (L, M), Dogecoin (D), Tron (T).
const versions = new Set([0, 5, 48, 50, 30, 65])

/**
 * Score of a word as a wallet address, 0 when it is none: Bitcoin and its relatives by checksum (base58check,
 * bech32), Ethereum by form, which has no checksum in lower case.
 */
export function scoreWallet(word: string): number {
  if (word.length === 42 && /^0x[\da-fA-F]{40}$/.test(word)) return isVaried(word) ? 0.75 : 0
  if (word.length >= 26 && word.length <= 35 && /^[13DLMT3]/.test(word))
    return isBase58Address(word) ? 0.95 : 0
  if (word.length >= 42 && word.length <= 62 && /^(?:bc1|ltc1|tb1)/i.test(word))
    return isBech32(word) ? 0.95 : 0
  return 0
}

/** The zero address and other repetitions stand for nobody. */
function isVaried(word: string): boolean {
  return new Set(word.slice(2).toLowerCase()).size > 4
}

function isBase58Address(word: string): boolean {
  const bytes = new Uint8Array(25)
  for (const character of word) {
    let carry = base58.indexOf(character)
    if (carry < 0) return false
    for (let index = 24; index >= 0; index -= 1) {
      carry += (bytes[index] ?? 0) * 58
      bytes[index] = carry & 255
      carry >>= 8
    }
    if (carry > 0) return false
  }
  const check = sha256(sha256(bytes.subarray(0, 21)))
  return versions.has(bytes[0] ?? -1) && [0, 1, 2, 3].every((index) => check[index] === bytes[21 + index])
}

/** BIP 173 (version 0) and BIP 350 (from version 1 on). */
function isBech32(word: string): boolean {
  const lower = word.toLowerCase()
  if (word !== lower && word !== word.toUpperCase()) return false
  const split = lower.lastIndexOf('1')
  const prefix = lower.slice(0, split)
  const values = Array.from(lower.slice(split + 1), (character) => bech32.indexOf(character))
  if (values.includes(-1)) return false
  const expanded = [
    ...Array.from(prefix, (character) => character.charCodeAt(0) >> 5),
    0,
    ...Array.from(prefix, (character) => character.charCodeAt(0) & 31),
  ]
  return polymod([...expanded, ...values]) === (values[0] === 0 ? 1 : 0x2bc830a3)
}

function polymod(values: readonly number[]): number {
  const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3]
  let check = 1
  for (const value of values) {
    const top = check >>> 25
    check = ((check & 0x1ffffff) << 5) ^ value
    for (const [index, generator] of generators.entries()) if ((top >> index) & 1) check ^= generator
  }
  return check
}
