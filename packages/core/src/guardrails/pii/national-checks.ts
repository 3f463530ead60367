import { numberOf, passesLuhn, weightedSum, type Digits } from './check-digits.ts'

/** Rules of national numbers that consist of digits only. Each takes all digits of the number. */

/** US social security: the parts that were never given out, and two numbers known from advertisements. */
export function isSsn(digits: Digits): boolean {
  const area = numberOf(digits, 0, 3)
  const value = numberOf(digits)
  const isSample = value === 123_456_789 || value === 78_051_120 || value === 219_099_999
  return (
    area > 0 && area !== 666 && area < 900 && value % 10_000 > 0 && numberOf(digits, 3, 5) > 0 && !isSample
  )
}

/** US tax number of people without social security: 9xx with a group of 50 to 65, 70 to 88, 90 to 92, 94 to 99. */
export function isItin(digits: Digits): boolean {
  const group = numberOf(digits, 3, 5)
  const isGiven =
    (group >= 50 && group <= 65) ||
    (group >= 70 && group <= 88) ||
    (group >= 90 && group !== 93 && group <= 99)
  return digits[0] === 9 && isGiven
}

export function isSin(digits: Digits): boolean {
  return digits[0] !== 0 && digits[0] !== 8 && passesLuhn(digits)
}

export function isNhs(digits: Digits): boolean {
  const check = 11 - (weightedSum(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)
  return (check === 11 ? 0 : check) === digits[9] && !isRepeated(digits)
}

export function isBsn(digits: Digits): boolean {
  return weightedSum(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0 && !isRepeated(digits)
}

export function isTfn(digits: Digits): boolean {
  return weightedSum(digits, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0 && !isRepeated(digits)
}

export function isNifPt(digits: Digits): boolean {
  const check = 11 - (weightedSum(digits, [9, 8, 7, 6, 5, 4, 3, 2]) % 11)
  return [1, 2, 3, 5, 6, 8, 9].includes(digits[0] ?? 0) && (check > 9 ? 0 : check) === digits[8]
}

/** Polish number: the month carries the century (+20 for 2000 to 2099). */
export function isPesel(digits: Digits): boolean {
  const sum = weightedSum(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3])
  const month = numberOf(digits, 2, 4) % 20
  return (10 - (sum % 10)) % 10 === digits[10] && isDay(numberOf(digits, 4, 6), month)
}

/** German tax number: of the first ten digits exactly one comes twice or three times. */
export function hasSteuerIdDigits(digits: Digits): boolean {
  const counts: number[] = Array.from({ length: 10 }, () => 0)
  for (const digit of digits.slice(0, 10)) counts[digit] = (counts[digit] ?? 0) + 1
  const repeated = counts.filter((count) => count > 1)
  return digits[0] !== 0 && repeated.length === 1 && (repeated[0] ?? 0) <= 3
}

export function isCpf(digits: Digits): boolean {
  const checkOf = (weights: Digits): number => ((weightedSum(digits, weights) * 10) % 11) % 10
  return (
    checkOf([10, 9, 8, 7, 6, 5, 4, 3, 2]) === digits[9] &&
    checkOf([11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) === digits[10] &&
    !isRepeated(digits)
  )
}

/** Norwegian number; the day may carry +40 (temporary numbers) and the month +40 or +80 (synthetic ones). */
export function isFodselsnummer(digits: Digits): boolean {
  const checkOf = (weights: Digits): number => (11 - (weightedSum(digits, weights) % 11)) % 11
  const isDate = isDay(numberOf(digits, 0, 2) % 40, numberOf(digits, 2, 4) % 40)
  return (
    isDate &&
    checkOf([3, 7, 6, 1, 8, 9, 4, 5, 2]) === digits[9] &&
    checkOf([5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) === digits[10]
  )
}

/** Belgian number: 97 less the first nine digits modulo 97, with a 2 in front for births from 2000 on. */
export function isNationalNumberBe(digits: Digits): boolean {
  const base = numberOf(digits, 0, 9)
  const check = numberOf(digits, 9, 11)
  const month = numberOf(digits, 2, 4) % 20
  const fits = 97 - (base % 97) === check || 97 - ((base + 2_000_000_000) % 97) === check
  return fits && month <= 12 && numberOf(digits, 4, 6) <= 31 && !isRepeated(digits)
}

/** Swiss number: a product code (EAN-13) with the country prefix 756. */
export function isAhv(digits: Digits): boolean {
  const sum = weightedSum(digits, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3])
  return numberOf(digits, 0, 3) === 756 && (10 - (sum % 10)) % 10 === digits[12]
}

export function isThaiId(digits: Digits): boolean {
  const sum = weightedSum(digits, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2])
  return (digits[0] ?? 0) >= 1 && (digits[0] ?? 0) <= 8 && (11 - (sum % 11)) % 10 === digits[12]
}

/** Korean number. Its check digit is not used: numbers given since October 2020 have none. */
export function isRrn(digits: Digits): boolean {
  const isDate = isDay(numberOf(digits, 4, 6), numberOf(digits, 2, 4))
  return isDate && (digits[6] ?? 0) >= 1 && (digits[6] ?? 0) <= 8
}

/** French number: 97 less the first 13 digits modulo 97. Months above 12 are used where the month is unknown. */
export function isNir(digits: Digits): boolean {
  const month = numberOf(digits, 3, 5)
  const isMonth = (month >= 1 && month <= 12) || (month >= 20 && month <= 42) || month >= 50
  const isSex = [1, 2, 3, 4, 7, 8].includes(digits[0] ?? 0)
  return isSex && isMonth && 97 - (numberOf(digits, 0, 13) % 97) === numberOf(digits, 13, 15)
}

/** Swedish number in its short form; the day carries +60 for people without registration. */
export function isPersonnummer(digits: Digits): boolean {
  const short = digits.slice(-10)
  const isCentury = digits.length === 10 || [18, 19, 20].includes(numberOf(digits, 0, 2))
  return isCentury && isDay(numberOf(short, 4, 6) % 60, numberOf(short, 2, 4)) && passesLuhn(short)
}

export function isDay(day: number, month: number): boolean {
  return (
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= (month === 2 ? 29 : [4, 6, 9, 11].includes(month) ? 30 : 31)
  )
}

function isRepeated(digits: Digits): boolean {
  return digits.every((digit) => digit === digits[0])
}
