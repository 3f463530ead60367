const wordPattern = /[\p{L}\p{N}\p{M}]+(?:['’][\p{L}\p{M}]+)*/gu
const unspacedRun =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+|[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+/gu
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u

/**
 * Lower-case words of a text: NFKC, Latin, Greek and Cyrillic diacritics stripped, possessive `'s` dropped.
 * Everything that is not a letter or digit separates (`RATCHET_PORT` gives two words). Chinese and Japanese,
 * which put no spaces between words, give overlapping character pairs.
 */
export function tokenizeWords(text: string): string[] {
  const words: string[] = []
  for (const [match] of foldText(text).matchAll(wordPattern)) {
    const word = match.replace(/['’]s$/u, '').replace(/['’]/gu, '')
    if (!unspaced.test(word)) {
      if (word !== '') words.push(word)
      continue
    }
    // Not spread into one call: a long text has more pairs than a call takes arguments.
    for (const pair of pairCharacters(word)) words.push(pair)
  }
  return words
}

/** NFKC, lower case, without combining accents U+0300–U+036F (marks of other scripts carry meaning and stay). */
export function foldText(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/gu, '')
    .normalize('NFC')
}

function pairCharacters(word: string): string[] {
  const pairs: string[] = []
  for (const [run] of word.matchAll(unspacedRun)) {
    const characters = Array.from(run)
    if (!unspaced.test(run) || characters.length === 1) pairs.push(run)
    else for (let i = 0; i + 1 < characters.length; i++) pairs.push(characters.slice(i, i + 2).join(''))
  }
  return pairs
}
