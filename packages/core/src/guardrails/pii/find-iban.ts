import type { Candidate } from '../choose-candidates.ts'
import { isDigit, isUpper, isWord, isWordAt } from '../matching/characters.ts'
import { passesIbanCheck } from './check-digits.ts'
import { readContext, scoreInContext } from './context-words.ts'

/** Length of an IBAN by country (ISO 13616 registry). */
const lengths: ReadonlyMap<string, number> = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 ' +
    'EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 ' +
    'KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 ' +
    'PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 ' +
    'UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
)

/** Longest text an IBAN takes: 33 characters in groups of four with a separator between them. */
export const ibanLimit = 33 + 8

/**
 * Adds the IBAN that starts at `start` (two letters before its first digit): the length of its country and
 * check digits modulo 97, in one piece or in groups.
 */
export function findIban(text: string, start: number, found: Candidate[]): void {
  if (start > 0 && (isWordAt(text, start - 1) || text.charCodeAt(start - 1) === 95)) return
  if (!isDigit(text.charCodeAt(start + 2)) || !isDigit(text.charCodeAt(start + 3))) return
  const isLower = !isUpper(text.charCodeAt(start))
  const length = lengths.get(text.slice(start, start + 2).toUpperCase())
  if (length === undefined) return
  let compact = ''
  let at = start
  while (compact.length < length && at - start < ibanLimit) {
    const code = text.charCodeAt(at)
    if (isWord(code)) compact += text.charAt(at)
    else if (!isSeparator(code) || !isWord(text.charCodeAt(at + 1))) return
    at += 1
  }
  if (compact.length < length || isWordAt(text, at)) return
  if (isLower !== (compact.toLowerCase() === compact)) return
  if (!passesIbanCheck(compact.toUpperCase())) return
  found.push({ kind: 'iban', start, end: at, score: scoreInContext('iban', 0.9, readContext(text, start)) })
}

function isSeparator(code: number): boolean {
  return code === 32 || code === 45 || code === 160 || code === 8239
}
