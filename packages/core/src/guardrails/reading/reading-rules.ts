import type { ReadingRules } from './reading.ts'

const names: ReadonlyMap<string, string> = new Map(
  Object.entries({
    amp: '&',
    apos: "'",
    bsol: '\\',
    colon: ':',
    comma: ',',
    commat: '@',
    dash: '-',
    equals: '=',
    excl: '!',
    gt: '>',
    hyphen: '-',
    lowbar: '_',
    lpar: '(',
    lt: '<',
    nbsp: ' ',
    num: '#',
    percnt: '%',
    period: '.',
    plus: '+',
    quot: '"',
    rpar: ')',
    shy: '',
    sol: '/',
    ensp: ' ',
    emsp: ' ',
    thinsp: ' ',
    zerowidthspace: '',
    nobreak: '',
    zwj: '',
    zwnj: '',
  }),
)
const ignorable =
  '\\u00AD\\u034F\\u061C\\u115F\\u1160\\u17B4\\u17B5\\u180B-\\u180F\\u200B-\\u200F\\u202A-\\u202E\\u2060-\\u206F\\u3164\\uFE00-\\uFE0F\\uFEFF\\uFFA0\\u{E0000}-\\u{E01EF}'
const ignored = new RegExp(`[${ignorable}]`, 'u')
// Forms of ASCII letters, digits and signs, and signs that are drawn like those.
const disguised = `${ignorable}\\uFF01-\\uFF5E\\uFE52\\uFE55\\uFE58\\uFE5F-\\uFE6B\\u3000\\u3002\\uFF61\\u2000-\\u200A\\u202F\\u205F\\u2010-\\u2015\\u2212\\u{1D400}-\\u{1D7FF}\\u24B6-\\u24E9`
const digits = '[\\p{Nd}--[0-9]]'
const percent =
  '%[c-dC-D][0-9a-fA-F]%[89abAB][0-9a-fA-F]|%[eE][0-9a-fA-F](?:%[89abAB][0-9a-fA-F]){2}|%[2-7][0-9a-fA-F]|%0[aAdD9]'
const entity = `&#[0-9]{1,7};|&#[xX][0-9a-fA-F]{1,6};|&(?:${[...names.keys()].join('|')}|ZeroWidthSpace|NoBreak);`
const escape = '\\\\{1,4}u[0-9a-fA-F]{4}|\\\\{1,4}u\\{[0-9a-fA-F]{1,6}\\}|\\\\{1,4}x[2-7][0-9a-fA-F]'
const openPlain = `(?:%[0-9a-fA-F]?|%[c-eC-E][0-9a-fA-F](?:%[89abAB]?|%[89abAB][0-9a-fA-F](?:%[89abAB]?)?)|&[#0-9a-zA-Z]{0,14}|\\\\{1,4}(?:u[0-9a-fA-F]{0,3}|u\\{[0-9a-fA-F]{0,6}|x[2-7]?)?|[\\uD800-\\uDBFF])`
// How people keep mail addresses from machines: "ada [at] example (dot) com".
const spelled = ' ?[\\[\\(\\{] ?(?:at|At|AT|dot|Dot|DOT|punkt|punto|point) ?[\\]\\)\\}] ?'
const openSpelled = ' ?(?:[\\[({] ?(?:[a-zA-Z]{0,5} ?[\\])}]? ?)?)?'
const jsonEscape = '\\\\["\\\\\\/bfnrt]|\\\\u[0-9a-fA-F]{4}'

/** What percent signs, HTML, `\\u` and `\\x` write, characters that nobody sees, and other forms of ASCII. */
export const revealing: ReadingRules = {
  pattern: new RegExp(`${percent}|${entity}|${escape}|${spelled}|[${disguised}]|${digits}`, 'gv'),
  open: new RegExp(`(?:${openPlain}|${openSpelled})$`),
  read: (found) => Array.from(meaningOf(found), plainForm).join(''),
}

/** Texts within JSON as their reader gets them. */
export const jsonReading: ReadingRules = {
  pattern: new RegExp(jsonEscape, 'g'),
  open: /\\(?:u[0-9a-fA-F]{0,3})?$/,
  read: readJsonEscape,
}

/** Both: what stands within JSON, without its disguises. */
export const jsonRevealing: ReadingRules = {
  pattern: new RegExp(
    `${percent}|${entity}|${escape}|${jsonEscape}|${spelled}|[${disguised}]|${digits}`,
    'gv',
  ),
  open: new RegExp(`(?:${openPlain}|${openSpelled})$`),
  read: (found) =>
    /^\\["\\/bfnrt]$/.test(found) ? readJsonEscape(found) : Array.from(meaningOf(found), plainForm).join(''),
}

function readJsonEscape(found: string): string {
  const sign = found.charAt(1)
  if (sign === 'u') return String.fromCharCode(Number.parseInt(found.slice(2), 16))
  return { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }[sign] ?? sign
}

function meaningOf(found: string): string {
  const first = found.charAt(0)
  if (found.length > 3 && ' [({'.includes(first)) return /at/i.test(found) ? '@' : '.'
  if (found.length === 1 || !'%&\\'.includes(first)) return found
  if (first === '%') return decodePercent(found)
  if (first === '\\') return fromHex(found.replace(/^\\+[ux]\{?|\}$/g, ''), found)
  if (found.startsWith('&#x') || found.startsWith('&#X')) return fromHex(found.slice(3, -1), found)
  if (found.startsWith('&#')) return fromCode(Number(found.slice(2, -1)), found)
  return names.get(found.slice(1, -1).toLowerCase()) ?? found
}

function decodePercent(found: string): string {
  try {
    return decodeURIComponent(found)
  } catch {
    // Bytes that are no text stand for nothing.
    return found
  }
}

function fromHex(hex: string, otherwise: string): string {
  return fromCode(Number.parseInt(hex, 16), otherwise)
}

function fromCode(code: number, otherwise: string): string {
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : otherwise
}

const known = new Map<string, string>()

function plainForm(character: string): string {
  if (character < '\u0080') return character
  let plain = known.get(character)
  if (plain === undefined) {
    if (known.size > 4096) known.clear()
    known.set(character, (plain = findPlainForm(character)))
  }
  return plain
}

function findPlainForm(character: string): string {
  const code = character.codePointAt(0) ?? 0
  // Tags spell ASCII that nobody sees.
  if (code >= 0xe0020 && code <= 0xe007e) return String.fromCharCode(code - 0xe0000)
  if (ignored.test(character)) return ''
  if ((code >= 0x2010 && code <= 0x2015) || code === 0x2212) return '-'
  if (code === 0x3002 || code === 0xff61) return '.'
  if (/\p{Nd}/u.test(character)) return String(digitValue(code))
  const plain = character.normalize('NFKC')
  return plain.length === 1 && plain < '\u0080' ? plain : character
}

/** Decimal digits stand in rows of ten, from 0 on. */
function digitValue(code: number): number {
  let zero = code
  while (zero > code - 10 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1
  const styles = code >= 0x1d7ce && code <= 0x1d7ff
  return styles ? (code - 0x1d7ce) % 10 : (code - zero) % 10
}
