import { AppError } from '@ratchet/contract'

/** A word of a condition with its place in the text. */
export type Token = {
  readonly kind: 'name' | 'operator' | 'number' | 'and' | 'or' | 'open' | 'close'
  readonly text: string
  readonly start: number
  readonly end: number
}

const pattern =
  /\s*(?:(?<number>[-+]?(?:\d+(?:\.\d+)?|\.\d+)(?:e[-+]?\d+)?(?:%|ms|s)?(?![\w.]))|(?<word>[\p{L}_][\p{L}\p{N}_./@-]*)|(?<operator>>=|<=|==|!=|>|<|=)|(?<open>\()|(?<close>\))|(?<end>$))/uy

/** Splits a condition into tokens; throws `validation_failed` at the first character that fits none. */
export function readTokens(text: string): Token[] {
  const tokens: Token[] = []
  pattern.lastIndex = 0
  while (pattern.lastIndex < text.length) {
    const from = pattern.lastIndex
    const groups = pattern.exec(text)?.groups
    if (!groups) {
      const start = from + (/\S/u.exec(text.slice(from))?.index ?? 0)
      const found = String.fromCodePoint(text.codePointAt(start) ?? 32)
      throw new AppError('validation_failed', {
        message: `Cannot read the condition "${text}": unexpected "${found}" at position ${start + 1}.`,
        details: { expression: text, position: start + 1 },
      })
    }
    const { number, word, operator, open } = groups
    const found = number ?? word ?? operator ?? open ?? groups['close']
    if (found === undefined) break
    const end = pattern.lastIndex
    tokens.push({
      kind: kindOf(groups),
      text: operator === '=' ? '==' : found,
      start: end - found.length,
      end,
    })
  }
  return tokens
}

function kindOf(groups: Readonly<Record<string, string | undefined>>): Token['kind'] {
  if (groups['number'] !== undefined) return 'number'
  if (groups['operator'] !== undefined) return 'operator'
  if (groups['open'] !== undefined) return 'open'
  if (groups['close'] !== undefined) return 'close'
  const word = groups['word']?.toLowerCase()
  return word === 'and' || word === 'or' ? word : 'name'
}
