import { numberOf, passesLuhn, passesMod11Of10, passesVerhoeff, type Digits } from './check-digits.ts'
import {
  hasSteuerIdDigits,
  isAhv,
  isBsn,
  isCpf,
  isFodselsnummer,
  isItin,
  isNationalNumberBe,
  isNhs,
  isNifPt,
  isNir,
  isPersonnummer,
  isPesel,
  isRrn,
  isSin,
  isSsn,
  isTfn,
  isThaiId,
} from './national-checks.ts'

/** One way to write a number, with the score it earns when its check passes and nothing around it speaks. */
export type NumberLayout = {
  readonly kind: string
  /** Separators that may stand between groups, one bit each; all must be the same unless `mixed`. */
  readonly separators: number
  readonly mixed: boolean
  readonly score: number
  readonly check: (digits: Digits) => boolean
}

/** Kind, check, and layouts: lengths of digit groups, allowed separators, score. One group has no separator. */
type Row = readonly [
  kind: string,
  check: (digits: Digits) => boolean,
  ...layouts: (readonly [groups: string, separators: string, score: number])[],
]

// Scores follow how seldom other numbers pass: a lone check digit passes one in ten and needs a context word,
// while two check digits or a date beside one stand alone.
const rows: readonly Row[] = [
  ['ssn-us', isSsn, ['3 2 4', '-', 0.6], ['3 2 4', ' ', 0.4], ['9', '', 0.15]],
  ['itin-us', isItin, ['3 2 4', '-', 0.6], ['3 2 4', ' ', 0.4], ['9', '', 0.15]],
  ['sin-ca', isSin, ['3 3 3', '-', 0.45], ['3 3 3', ' ', 0.4], ['9', '', 0.2]],
  ['nhs-uk', isNhs, ['3 3 4', '- ', 0.4], ['10', '', 0.3]],
  ['bsn-nl', isBsn, ['4 2 3', '.', 0.6], ['3 3 3', '. ', 0.3], ['9', '', 0.3]],
  ['tfn-au', isTfn, ['3 3 3', ' ', 0.3], ['9', '', 0.25]],
  ['nif-pt', isNifPt, ['3 3 3', ' .', 0.25], ['9', '', 0.25]],
  ['pesel-pl', isPesel, ['11', '', 0.5]],
  [
    'steuer-id-de',
    (digits) => hasSteuerIdDigits(digits) && passesMod11Of10(digits),
    ['2 3 3 3', ' ', 0.7],
    ['11', '', 0.4],
  ],
  ['cpf-br', isCpf, ['3 3 3 2', '.-', 0.9], ['9 2', '-', 0.7], ['11', '', 0.5]],
  ['fodselsnummer-no', isFodselsnummer, ['6 5', ' ', 0.85], ['11', '', 0.75]],
  ['national-number-be', isNationalNumberBe, ['2 2 2 3 2', '.-', 0.95], ['11', '', 0.55]],
  [
    'personnummer-se',
    isPersonnummer,
    ['6 4', '-', 0.7],
    ['8 4', '-', 0.85],
    ['12', '', 0.6],
    ['10', '', 0.3],
  ],
  [
    'aadhaar-in',
    (digits) => (digits[0] ?? 0) > 1 && passesVerhoeff(digits),
    ['4 4 4', ' ', 0.55],
    ['4 4 4', '-', 0.5],
    ['12', '', 0.3],
  ],
  ['ahv-ch', isAhv, ['3 4 4 2', '.', 0.95], ['13', '', 0.7]],
  ['thai-id-th', isThaiId, ['1 4 5 2 1', '- ', 0.9], ['13', '', 0.3]],
  ['rrn-kr', isRrn, ['6 7', '-', 0.75], ['13', '', 0.2]],
  ['nir-fr', isNir, ['1 2 2 2 3 3 2', ' ', 0.95], ['13 2', ' ', 0.9], ['15', '', 0.8]],
  [
    'credit-card',
    isCard,
    ['4 4 4 4', ' -', 0.9],
    ['4 4 4 4 3', ' -', 0.9],
    ['4 6 5', ' -', 0.9],
    ['4 6 4', ' -', 0.85],
    ['13', '', 0.4],
    ['14', '', 0.5],
    ['15', '', 0.7],
    ['16', '', 0.75],
    ['19', '', 0.5],
  ],
]

/** The most groups and digits that any layout has. */
export const mostGroups = 7
export const mostDigits = 19

/** Layouts by the lengths of their digit groups, folded into one number with {@link layoutKey}. */
export const numberLayouts: ReadonlyMap<number, readonly NumberLayout[]> = collectLayouts()

/** The number of a list of group lengths, one group longer than `groups`. */
export function layoutKey(groups: number, length: number): number {
  return groups * (mostDigits + 1) + length
}

/** One bit for each kind of separator, no-break forms as their plain ones; 0 for anything else. */
export function separatorBit(code: number): number {
  if (code === 32 || code === 160 || code === 8239 || code === 8201) return 1
  if (code === 45 || code === 8208 || code === 8209) return 2
  return code === 46 ? 4 : 0
}

/** Payment card: a known issuer range, the length it uses, and Luhn. */
export function isCard(digits: Digits): boolean {
  const two = numberOf(digits, 0, 2)
  const four = numberOf(digits, 0, 4)
  const { length } = digits
  const fits =
    (digits[0] === 4 && (length === 13 || length === 16 || length === 19)) ||
    (((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) && length === 16) ||
    ((two === 34 || two === 37) && length === 15) ||
    ((two === 36 || two === 38 || (four >= 3000 && four <= 3059)) && length === 14) ||
    ((four === 6011 || two === 65 || (four >= 6440 && four <= 6499)) && length >= 16) ||
    (four >= 3528 && four <= 3589 && length >= 16) ||
    (two === 62 && length >= 16) ||
    ((two === 50 || (two >= 56 && two <= 58) || four === 6304 || four === 6759) && length >= 16)
  return fits && passesLuhn(digits)
}

function collectLayouts(): Map<number, NumberLayout[]> {
  const layouts = new Map<number, NumberLayout[]>()
  for (const [kind, check, ...written] of rows) {
    for (const [groups, allowed, score] of written) {
      const key = groups.split(' ').reduce((sum, length) => layoutKey(sum, Number(length)), 0)
      const separators = Array.from(allowed).reduce(
        (bits, mark) => bits | separatorBit(mark.charCodeAt(0)),
        0,
      )
      const list = layouts.get(key) ?? []
      list.push({ kind, check, separators, mixed: allowed === '.-', score })
      layouts.set(key, list)
    }
  }
  return layouts
}
