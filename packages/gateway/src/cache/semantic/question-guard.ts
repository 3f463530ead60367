/*
 * Embeddings put questions close together that differ in one decisive word: "in 2023" and "in 2024", "enable" and
 * "disable", "from Paris to Rome" and "from Rome to Paris". So two questions count as the same only when all of these
 * are equal, too: numbers, quoted texts, codes and addresses, names (words with a capital letter inside a sentence),
 * each in their order, and the words that turn a meaning around. Questions that differ in case alone may miss each
 * other; a miss costs a call, a false hit is a wrong answer.
 */

const quoted =
  /"([^"\n]{1,200})"|“([^”\n]{1,200})”|'([^'\n]{2,200})'(?!\p{L})|`([^`\n]{1,200})`|«([^»\n]{1,200})»/gu
const number = /\p{Nd}+(?:[.,:/٫٬-]\p{Nd}+)*/gu
/** Addresses, file names, identifiers: words joined by marks, or with digits or capitals inside. Linear: starts at words only. */
const code =
  /(?<![\p{L}\d])(?:[\p{L}\d]+(?:[@._/#:+-]+[\p{L}\d]+)+|\p{L}+\d[\p{L}\d]*|\d+\p{L}[\p{L}\d]*|\p{Ll}+\p{Lu}\p{L}*)/gu
/** Chinese, Japanese and Korean put what turns a meaning around between other letters. */
const turningSign = /[不没沒無无非未勿别別前後后]|ない|ません|않|못|없|안 /gu
const word = /[\p{L}\p{M}]+(?:['’]\p{L}+)?/gu
const sentenceStart = /(?:^|[.!?:\n]["')\]]*\s*)$/u

/** Of two opposites the rarer one is enough: the other question does not have it. */
const turning = new Set(
  (
    'not no never none nothing nobody neither nor without except unless cannot instead ' +
    'before after more less fewer most least over under above below max min maximum minimum highest lowest first last ' +
    'increase decrease raise lower disable deactivate stop close remove delete uninstall disconnect ' +
    'import export decrypt download upload sell buy receive send left down out off ' +
    'false deny reject cheap expensive best worst bad unsafe illegal old ' +
    // The commonest of other languages that are written with spaces.
    'nicht nie niemals kein keine keinen keinem keiner ohne vor nach weniger mehr ' +
    'ne pas jamais sans avant après moins plus aucun aucune nunca sin antes después menos más ningún ninguna ' +
    'non mai senza prima dopo meno più nessun não sem depois nenhum niet nooit geen zonder voor minder meer ' +
    'nie bez przed po mniej inte aldrig utan före efter ikke aldri uten не ни нет без до после меньше больше ' +
    'değil yok önce sonra لا ليس لم لن بدون قبل بعد नहीं मत बिना पहले बाद ' +
    'zero two three four five six seven eight nine ten eleven twelve hundred thousand million billion half double'
  ).split(' '),
)

/**
 * What must be equal in two questions before their likeness is believed, as one text. The turning words are those of
 * English and the commonest of some twenty other languages; numbers, codes and quotes are found in any, names in those
 * that have capital letters.
 */
export function guardOf(question: string): string {
  const text = question.normalize('NFKC').trim()
  const quotes = [...text.matchAll(quoted)].map((match) => match.slice(1).find((each) => each !== undefined))
  const names: string[] = []
  const turns: string[] = []
  for (const { 0: found, index } of text.matchAll(word)) {
    const lower = found.toLowerCase().replace('’', "'")
    if (lower.endsWith("n't") || turning.has(lower)) turns.push(lower.endsWith("n't") ? 'not' : lower)
    else if (isName(found, text.slice(Math.max(0, index - 10), index))) names.push(found)
  }
  turns.push(...(text.match(turningSign) ?? []))
  return JSON.stringify([text.match(number) ?? [], quotes, text.match(code) ?? [], names, turns.toSorted()])
}

/** A capital at the start of a sentence says nothing, unless all letters are capitals. */
function isName(found: string, before: string): boolean {
  if (found === 'I' || found.startsWith("I'") || found.startsWith('I’')) return false
  const [letter = ''] = found
  if (letter === letter.toLowerCase()) return false
  const isAllCapitals = found.length > 1 && found === found.toUpperCase()
  return isAllCapitals || !sentenceStart.test(before)
}
