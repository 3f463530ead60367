const separated = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu

/**
 * SQuAD's answer normalisation (Rajpurkar et al. 2016, evaluate-v1.1): lower case, punctuation removed
 * (not replaced by a space), articles a/an/the removed, white space collapsed. Widened to all Unicode
 * punctuation and symbols after NFKC.
 */
export function normaliseAnswer(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\p{P}\p{S}]/gu, '')
    .replace(/(?<![\p{L}\p{N}])(?:an?|the)(?![\p{L}\p{N}])/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim()
}

/** Words of a normalised answer; Chinese and Japanese characters each count as one word (as MLQA does). */
export function answerTokens(text: string): string[] {
  const spaced = normaliseAnswer(text).replace(separated, ' $& ').trim()
  return spaced === '' ? [] : spaced.split(/\s+/u)
}
