/** Character classes by UTF-16 unit. ASCII only: what they look for is written in ASCII. */
export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

export function isUpper(code: number): boolean {
  return code >= 65 && code <= 90
}

export function isLetter(code: number): boolean {
  const lower = code | 32
  return lower >= 97 && lower <= 122
}

export function isWord(code: number): boolean {
  return isDigit(code) || isLetter(code)
}

/** Letters, digits, "_" and "-": what most tokens and host names are made of. */
export function isTokenCharacter(code: number): boolean {
  return isWord(code) || code === 95 || code === 45
}

/** ASCII that prints and is no space. */
export function isVisible(code: number): boolean {
  return code > 32 && code < 127
}

/**
 * A letter or digit at `at`, of any script that puts spaces between words: a number glued to "é" or "ж" is not
 * a number of its own, one that stands in Chinese, Japanese, Korean or Thai text is.
 */
export function isWordAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  if (code < 128) return isWord(code)
  return code > 191 && alphanumeric.test(text.charAt(at))
}
const alphanumeric =
  /(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}])[\p{L}\p{N}]/u

/** Where the run of visible ASCII that ends the text starts; looks back at most `limit` units. */
export function trailingTokenStart(text: string, from: number, limit: number): number {
  const lowest = Math.max(from, text.length - limit)
  let start = text.length
  while (start > lowest && isVisible(text.charCodeAt(start - 1))) start -= 1
  return start
}
