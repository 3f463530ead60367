/*
 * Embeddings put questions close together that differ in one decisive word: "in 2023" and "in 2024", "enable" and
 * "disable", "from Paris to Rome" and "from Rome to Paris". So two questions count as the same only when all of these
 * are equal, too: numbers, quoted texts, codes and addresses, names (words with a capital letter inside a sentence),
 * each in their order, and the words that turn a meaning around. Questions that differ in case alone may miss each
 * other; a miss costs a call, a false hit is a wrong answer.
 */

const quoted =
  /"([^"\n]{1,200})"|“([^”\n]{1,200})”|'([^'\n]{2,200})'(?!\p{L})|`([^`\n]{1,200})`|«([^»\n]{1,200})»/gu
const number = /\d+(?:[.,:/-]\d+)*/g
/** Addresses, file names, identifiers: words joined by marks, or with digits or capitals inside. Linear: starts at words only. */
const code =
  /(?<![\p{L}\d])(?:[\p{L}\d]+(?:[@._/#:+-]+[\p{L}\d]+)+|\p{L}+\d[\p{L}\d]*|\d+\p{L}[\p{L}\d]*|\p{Ll}+\p{Lu}\p{L}*)/gu
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
    'zero two three four five six seven eight nine ten eleven twelve hundred thousand million billion half double'
  ).split(' '),
)

/**
 * What must be equal in two questions before their likeness is believed, as one text. The turning words are English;
 * numbers, codes, quotes and names are found in any language that has capital letters.
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
