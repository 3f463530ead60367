const parts =
  /([\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}])|([\p{L}\p{M}]+)|(\p{N}+)|(\n+)|([^\p{L}\p{M}\p{N}\s]+)/gu

/**
 * Estimated token count of a text, for `offline/*` models and for providers that report no usage: words of
 * up to seven letters count one token and longer ones one per five letters, digits one per three, runs of
 * punctuation one per two, CJK characters and line breaks one each. English prose comes out near four
 * characters per token, within about 15 % of GPT tokenisers; code and other scripts vary more.
 */
export function estimateTokens(text: string): number {
  let tokens = 0
  for (const [, character, word, digits, breaks, marks] of text.matchAll(parts)) {
    if (character !== undefined || breaks !== undefined) tokens += 1
    else if (word !== undefined) tokens += word.length <= 7 ? 1 : Math.ceil(word.length / 5)
    else if (digits !== undefined) tokens += Math.ceil(digits.length / 3)
    else if (marks !== undefined) tokens += Math.ceil(marks.length / 2)
  }
  return tokens
}
