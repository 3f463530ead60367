/**
 * How a text is made comparable, character by character: `ascii` gives the folded unit of each ASCII unit, and
 * 0 for units that are skipped; `other` gives the folded text of a code point above.
 */
export type Folding = {
  readonly ascii: Uint16Array
  readonly other: (codePoint: number) => string
}

// Letters that Unicode does not decompose, though people read them as their plain neighbours.
const plainLetters: Readonly<Record<string, string>> = {
  ß: 'ss',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
  ħ: 'h',
  þ: 'th',
}
const ignored = /[\p{M}\p{Default_Ignorable_Code_Point}\u00AD]/gu
const notAlphanumeric = /[^\p{L}\p{N}]/gu

/** Without case, accents and invisible characters; every white space is a space. */
export const wordFolding: Folding = {
  ascii: asciiTable((character) => (/\s/.test(character) ? ' ' : character.toLowerCase())),
  other: remember((character) => (/^\s$/u.test(character) ? ' ' : foldLetters(character))),
}

/** Letters and digits only, without case and accents: finds what was spaced out or dotted. */
export const letterFolding: Folding = {
  ascii: asciiTable((character) => (/[a-z0-9]/i.test(character) ? character.toLowerCase() : '')),
  other: remember((character) => foldLetters(character).replace(notAlphanumeric, '')),
}

/** Base64 with its case, in the alphabet for addresses: white space and padding are skipped. */
export const base64Folding: Folding = {
  ascii: asciiTable((character) => {
    if (/[\s=]/.test(character)) return ''
    return character === '+' ? '-' : character === '/' ? '_' : character
  }),
  other: () => '\uFFFF',
}

export function foldText(text: string, folding: Folding): string {
  let folded = ''
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    if (code > 127) folded += folding.other(code)
    else if (folding.ascii[code]) folded += String.fromCharCode(folding.ascii[code])
  }
  return folded
}

function foldLetters(character: string): string {
  const plain = character.normalize('NFKD').replace(ignored, '').toLowerCase()
  let folded = ''
  for (const letter of plain) folded += plainLetters[letter] ?? letter
  return folded
}

function asciiTable(fold: (character: string) => string): Uint16Array {
  return Uint16Array.from({ length: 128 }, (_, code) => fold(String.fromCharCode(code)).charCodeAt(0) || 0)
}

/** Keeps the last few thousand results: texts use few different characters. */
function remember(fold: (character: string) => string): (codePoint: number) => string {
  const known = new Map<number, string>()
  return (codePoint) => {
    const found = known.get(codePoint)
    if (found !== undefined) return found
    if (known.size > 8192) known.clear()
    const folded = fold(String.fromCodePoint(codePoint))
    known.set(codePoint, folded)
    return folded
  }
}
