const consonants = '[^aeiou][^aeiouy]*'
const vowels = '[aeiouy][aeiou]*'
const hasMeasure = new RegExp(`^(?:${consonants})?${vowels}${consonants}`, 'u')
const isMeasureOne = new RegExp(`^(?:${consonants})?${vowels}${consonants}(?:${vowels})?$`, 'u')
const isMeasureAboveOne = new RegExp(`^(?:${consonants})?${vowels}${consonants}${vowels}${consonants}`, 'u')
const hasVowel = new RegExp(`^(?:${consonants})?[aeiouy]`, 'u')
const endsConsonantVowelConsonant = new RegExp(`^${consonants}[aeiouy][^aeiouwxy]$`, 'u')

const doubleSuffixes: Readonly<Record<string, string>> = {
  ational: 'ate',
  tional: 'tion',
  enci: 'ence',
  anci: 'ance',
  izer: 'ize',
  bli: 'ble',
  alli: 'al',
  entli: 'ent',
  eli: 'e',
  ousli: 'ous',
  ization: 'ize',
  ation: 'ate',
  ator: 'ate',
  alism: 'al',
  iveness: 'ive',
  fulness: 'ful',
  ousness: 'ous',
  aliti: 'al',
  iviti: 'ive',
  biliti: 'ble',
  logi: 'log',
}
const adjectiveSuffixes: Readonly<Record<string, string>> = {
  icate: 'ic',
  ative: '',
  alize: 'al',
  iciti: 'ic',
  ical: 'ic',
  ful: '',
  ness: '',
}
const doublePattern = new RegExp(`^(.+?)(${Object.keys(doubleSuffixes).join('|')})$`, 'u')
const adjectivePattern = new RegExp(`^(.+?)(${Object.keys(adjectiveSuffixes).join('|')})$`, 'u')
const singlePattern = /^(.+?)(al|ance|ence|er|ic|able|ible|ant|ement|ment|ent|ou|ism|ate|iti|ous|ive|ize)$/u

/**
 * Stem of a lower-case English word: the Porter stemmer (Porter 1980, with the author's two later rules
 * `bli` and `logi`). Words with anything but a–z, or shorter than three letters, come back unchanged.
 */
export function stemWord(word: string): string {
  if (word.length < 3 || !/^[a-z]+$/u.test(word)) return word
  const startsWithY = word.startsWith('y')
  let stem = startsWithY ? `Y${word.slice(1)}` : word
  stem = stripPlural(stem)
  stem = stripPast(stem)
  stem = stem.replace(/^(.+)y$/u, (whole, rest: string) => (hasVowel.test(rest) ? `${rest}i` : whole))
  stem = replaceSuffix(stem, doublePattern, doubleSuffixes)
  stem = replaceSuffix(stem, adjectivePattern, adjectiveSuffixes)
  stem = stripSingle(stem)
  stem = stripFinalE(stem)
  return startsWithY ? `y${stem.slice(1)}` : stem
}

function stripPlural(word: string): string {
  return word.replace(/(ss|i)es$/u, '$1').replace(/([^s])s$/u, '$1')
}

function stripPast(word: string): string {
  const agreed = /^(.+?)eed$/u.exec(word)
  if (agreed) return hasMeasure.test(agreed[1] ?? '') ? word.slice(0, -1) : word
  const stem = /^(.+?)(?:ed|ing)$/u.exec(word)?.[1]
  if (stem === undefined || !hasVowel.test(stem)) return word
  if (/(?:at|bl|iz)$/u.test(stem)) return `${stem}e`
  if (/([^aeiouylsz])\1$/u.test(stem)) return stem.slice(0, -1)
  return endsConsonantVowelConsonant.test(stem) ? `${stem}e` : stem
}

function replaceSuffix(word: string, pattern: RegExp, suffixes: Readonly<Record<string, string>>): string {
  const [, stem = '', suffix = ''] = pattern.exec(word) ?? []
  return stem !== '' && hasMeasure.test(stem) ? stem + (suffixes[suffix] ?? suffix) : word
}

function stripSingle(word: string): string {
  const stem = singlePattern.exec(word)?.[1]
  if (stem !== undefined) return isMeasureAboveOne.test(stem) ? stem : word
  const ionStem = /^(.+?[st])ion$/u.exec(word)?.[1]
  return ionStem !== undefined && isMeasureAboveOne.test(ionStem) ? ionStem : word
}

function stripFinalE(word: string): string {
  const stem = /^(.+)e$/u.exec(word)?.[1]
  const isDropped =
    stem !== undefined &&
    (isMeasureAboveOne.test(stem) || (isMeasureOne.test(stem) && !endsConsonantVowelConsonant.test(stem)))
  const kept = isDropped ? stem : word
  return kept.endsWith('ll') && isMeasureAboveOne.test(kept) ? kept.slice(0, -1) : kept
}
