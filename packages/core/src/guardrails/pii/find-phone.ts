import type { Candidate } from '../choose-candidates.ts'
import { readContext, scoreInContext } from './context-words.ts'
import { isGluedAfter, isGluedBefore } from './find-numbers.ts'
import { isInternational } from './phone-countries.ts'
import { nextShape, type PhoneShape } from './phone-shapes.ts'

const mostGroups = 7
const mostDigits = 16
// What may stand before the first group, and between groups.
const opening = new Map(['', '+', '(', '+(', '(+'].map((marks, index) => [marks, index]))
const between = new Map(
  [' ', '.', '/', '-', ')', ') ', ').', ')/', ')-', '(', ' (', '-(', ') -', ')(', ' - '].map(
    (marks, index) => [marks, index + 8],
  ),
)

/** A phone number as read so far. */
type Reading = {
  digits: number
  shape: PhoneShape | undefined
  end: number
  isOpen: boolean
}

/**
 * Adds the phone number that starts at the digit, "+" or "(" at `start`: the longest best-scored reading.
 * National numbers need a usual way of writing, or a word such as "call" before them.
 */
export function findPhone(text: string, start: number, found: Candidate[]): void {
  if (isGluedBefore(text, start)) return
  const reading: Reading = { digits: 0, shape: undefined, end: start, isOpen: false }
  let best = 0
  let end = 0
  for (let group = 0; group < mostGroups && readGroup(text, reading); group += 1) {
    if (reading.digits > mostDigits) break
    if (reading.isOpen || reading.digits < 7 || isGluedAfter(text, reading.end)) continue
    const score = scoreReading(text, start, reading)
    if (score > 0 && score >= best) {
      best = score
      end = reading.end
    }
  }
  if (best === 0 || /^\D*(\d)(?:\D*\1)*$/.test(text.slice(start, end))) return
  const score = scoreInContext('phone', best, readContext(text, start))
  found.push({ kind: 'phone', start, end, score })
}

/** Reads what stands before the next group of digits, and the group. False when the number is over. */
function readGroup(text: string, reading: Reading): boolean {
  let at = reading.end
  let marks = ''
  for (; marks.length < 3; at += 1) {
    const mark = markAt(text.charCodeAt(at))
    if (mark === '') break
    marks += mark
  }
  const number = (reading.digits === 0 ? opening : between).get(marks)
  if (number === undefined) return false
  const opens = marks.includes('(')
  const closes = marks.includes(')')
  if ((closes && !reading.isOpen) || (opens && reading.isOpen && !closes)) return false
  const start = at
  for (let code = text.charCodeAt(at); code >= 48 && code <= 57 && at - start < mostDigits; at += 1)
    code = text.charCodeAt(at + 1)
  const length = at - start
  if (length === 0) return false
  reading.isOpen = opens || (reading.isOpen && !closes)
  reading.digits += length
  reading.shape = nextShape(reading.shape, { mark: number, text: marks, length })
  reading.end = at
  return true
}

function markAt(code: number): string {
  switch (code) {
    case 32:
    case 160:
    case 8239:
    case 8201:
      return ' '
    case 45:
    case 8208:
    case 8209:
      return '-'
    case 46:
      return '.'
    case 40:
      return '('
    case 41:
      return ')'
    case 43:
      return '+'
    case 47:
      return '/'
    default:
      return ''
  }
}

function scoreReading(text: string, start: number, { digits, shape, end }: Reading): number {
  if (!shape) return 0
  const first = text.charAt(start)
  if (first === '+' || text.charAt(start + 1) === '+')
    return isInternational(digitsOf(text, start, end)) ? 0.8 : 0
  const lead = first === '(' ? start + 1 : start
  if (text.startsWith('00', lead) && digits >= 11)
    return isInternational(digitsOf(text, lead + 2, end)) ? (shape.hasSeparator ? 0.6 : 0.35) : 0
  if (text.charAt(lead) === '0') return digits >= 9 && digits <= 12 ? shape.withTrunk : 0
  if (shape.american > 0) return isAmerican(digitsOf(text, lead, end)) ? shape.american : 0
  return digits <= 12 ? shape.national : 0
}

function isAmerican(digits: string): boolean {
  return /^1?[2-9]\d\d[2-9]\d{6}$/.test(digits)
}

function digitsOf(text: string, start: number, end: number): string {
  return text.slice(start, end).replaceAll(/\D/g, '')
}
