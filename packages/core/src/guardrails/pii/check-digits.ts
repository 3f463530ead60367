/** Check-digit schemes over digits given as numbers 0 to 9. Each says whether the last digits fit the others. */
export type Digits = readonly number[]

/** Luhn (ISO/IEC 7812): payment cards, Swedish and Canadian numbers. */
export function passesLuhn(digits: Digits): boolean {
  let sum = 0
  for (let index = 0; index < digits.length; index += 1) {
    const digit = digits[digits.length - 1 - index] ?? 0
    const doubled = index % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return digits.length > 1 && sum % 10 === 0
}

export function weightedSum(digits: Digits, weights: Digits): number {
  return weights.reduce((sum, weight, index) => sum + weight * (digits[index] ?? 0), 0)
}

/** The number that some of the digits form. Exact up to 15 digits. */
export function numberOf(digits: Digits, start = 0, end = digits.length): number {
  let value = 0
  for (let index = start; index < end; index += 1) value = value * 10 + (digits[index] ?? 0)
  return value
}

/** ISO 7064 MOD 11,10: German tax numbers. */
export function passesMod11Of10(digits: Digits): boolean {
  let product = 10
  for (const digit of digits.slice(0, -1)) {
    const sum = (digit + product) % 10 || 10
    product = (sum * 2) % 11
  }
  return (11 - product) % 10 === digits.at(-1)
}

/** ISO 7064 MOD 97-10 over letters and digits with the country code moved to the end: IBAN. */
export function passesIbanCheck(iban: string): boolean {
  const moved = iban.slice(4) + iban.slice(0, 4)
  let rest = 0
  for (let index = 0; index < moved.length; index += 1) {
    const value = Number.parseInt(moved.charAt(index), 36)
    rest = (value > 9 ? rest * 100 + value : rest * 10 + value) % 97
  }
  return rest === 1
}

const permutation = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]

/** Verhoeff: the dihedral group of order 10. Indian Aadhaar numbers. */
export function passesVerhoeff(digits: Digits): boolean {
  let check = 0
  for (let index = 0; index < digits.length; index += 1) {
    let digit = digits[digits.length - 1 - index] ?? 0
    for (let times = index % 8; times > 0; times -= 1) digit = permutation[digit] ?? 0
    check = multiplyDihedral(check, digit)
  }
  return check === 0
}

/** Elements 0 to 4 are rotations of a pentagon, 5 to 9 its reflections. */
function multiplyDihedral(first: number, second: number): number {
  if (first < 5) return second < 5 ? (first + second) % 5 : ((first + second) % 5) + 5
  return second < 5 ? ((first - 5 - second + 5) % 5) + 5 : (first - second + 5) % 5
}
