// Letters of other scripts that are drawn like ASCII letters, with what they are drawn like.
export const confusable: ReadonlyMap<string, string> = new Map<string, string>(
  Object.entries({
    a: 'аɑα',
    b: 'ЬƄ',
    c: 'сϲ',
    d: 'ԁɗ',
    e: 'еҽ',
    g: 'ɡց',
    h: 'һհ',
    i: 'іɩι',
    j: 'јϳ',
    k: 'κк',
    l: 'ӏǀ',
    m: 'м',
    n: 'ոп',
    o: 'оοօ',
    p: 'рρ',
    q: 'ԛգ',
    r: 'гᴦ',
    s: 'ѕ',
    t: 'тτ',
    u: 'υս',
    v: 'νѵ',
    w: 'ԝѡ',
    x: 'хχ',
    y: 'уγ',
    z: 'ᴢ',
  }).flatMap(([plain, others]) => Array.from(others, (other) => [other, plain] as const)),
)
const scripts = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u, /\p{Script=Armenian}/u]

/**
 * True for a host name made to be mistaken for another: a label that mixes Latin with Cyrillic, Greek or
 * Armenian, or one in another script whose letters all look like ASCII, under a top level that is ASCII.
 */
export function isLookAlike(host: string): boolean {
  const labels = host
    .split('.')
    .map((label) => (label.startsWith('xn--') ? decodePunycode(label.slice(4)) : label))
  const isAsciiTop = isAscii(labels.at(-1) ?? '')
  return labels.some((label) => {
    if (isAscii(label)) return false
    if (scripts.filter((script) => script.test(label)).length > 1) return true
    const looksAscii = Array.from(label).every((letter) => isAscii(letter) || confusable.has(letter))
    return looksAscii && isAsciiTop
  })
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 127) return false
  return true
}

/** RFC 3492. What is not valid comes back empty, which looks like nothing. */
export function decodePunycode(encoded: string): string {
  const split = encoded.lastIndexOf('-')
  const points = Array.from(encoded.slice(0, Math.max(0, split)), (character) => character.charCodeAt(0))
  const digits = encoded.slice(split > 0 ? split + 1 : 0)
  let [point, index, bias, at] = [128, 0, 72, 0]
  while (at < digits.length) {
    const before = index
    for (let weight = 1, place = 36; ; place += 36) {
      const digit = Number.parseInt(digits.charAt(at), 36)
      if (Number.isNaN(digit)) return ''
      // Base 36 here counts letters first: a to z are 0 to 25, 0 to 9 are 26 to 35.
      const value = digit < 10 ? digit + 26 : digit - 10
      at += 1
      index += value * weight
      const threshold = Math.min(26, Math.max(1, place - bias))
      if (value < threshold) break
      weight *= 36 - threshold
    }
    const length = points.length + 1
    bias = adapt(index - before, length, before === 0)
    point += Math.floor(index / length)
    index %= length
    if (point > 0x10ffff) return ''
    points.splice(index, 0, point)
    index += 1
  }
  return String.fromCodePoint(...points)
}

function adapt(change: number, length: number, isFirst: boolean): number {
  let delta = isFirst ? Math.floor(change / 700) : Math.floor(change / 2)
  delta += Math.floor(delta / length)
  let place = 0
  for (; delta > 455; place += 36) delta = Math.floor(delta / 35)
  return place + Math.floor((36 * delta) / (delta + 38))
}
