import { AppError } from '@ratchet/contract'
import { readTokens, type Token } from './read-tokens.ts'

const fields = ['mean', 'low', 'high', 'n', 'unscored'] as const
type Field = (typeof fields)[number]

/** One comparison; `text` is how it was written. */
export type Comparison = {
  readonly kind: 'comparison'
  readonly metric: string
  readonly field: Field
  readonly operator: '>=' | '>' | '<=' | '<' | '==' | '!='
  readonly value: number
  readonly text: string
}

/** A parsed condition. `and` binds tighter than `or`; parentheses group. */
export type Threshold = Comparison | { readonly kind: 'and' | 'or'; readonly parts: readonly Threshold[] }

const operators = ['>=', '>', '<=', '<', '==', '!='] as const

/**
 * Parses `metric[.mean|low|high|n|unscored] operator number`, joined by `and`, `or` and parentheses. Numbers
 * may carry `%` (divided by 100), `ms` or `s` (as milliseconds). Throws `validation_failed` that names the
 * position and what was expected there.
 */
export function parseThreshold(text: string): Threshold {
  const tokens = readTokens(text)
  let at = 0
  const fail = (expected: string): never => {
    const token = tokens[at]
    const position = token ? token.start + 1 : text.length + 1
    const found = token ? `"${token.text}"` : 'the end'
    throw new AppError('validation_failed', {
      message: `Cannot read the condition "${text}": expected ${expected} at position ${position}, found ${found}. Write it like "token-f1 >= 0.4".`,
      details: { expression: text, position },
    })
  }
  const take = (kind: Token['kind'], expected: string): Token => {
    const token = tokens[at]
    if (token?.kind !== kind) return fail(expected)
    at++
    return token
  }
  const joined = (kind: 'and' | 'or', next: () => Threshold): Threshold => {
    const parts = [next()]
    while (tokens[at]?.kind === kind) {
      at++
      parts.push(next())
    }
    const [only] = parts
    return parts.length === 1 && only ? only : { kind, parts }
  }
  const primary = (): Threshold => {
    if (tokens[at]?.kind !== 'open') return comparison()
    const depth = tokens.slice(0, at).filter((token) => token.kind === 'open').length
    if (depth > 50) return fail('fewer nested parentheses')
    at++
    const inner = either()
    take('close', '")"')
    return inner
  }
  const comparison = (): Comparison => {
    const name = take('name', 'the name of a metric')
    const operator = operatorOf(take('operator', 'one of >= > <= < == !=').text)
    const number = take('number', 'a number')
    const [metric, field] = splitField(name.text)
    return {
      kind: 'comparison',
      metric,
      field,
      operator,
      value: valueOf(number.text),
      text: text.slice(name.start, number.end),
    }
  }
  const both = (): Threshold => joined('and', primary)
  const either = (): Threshold => joined('or', both)
  const parsed = either()
  return at < tokens.length ? fail('"and", "or" or the end') : parsed
}

function splitField(name: string): [string, Field] {
  const dot = name.lastIndexOf('.')
  const field = fields.find((known) => known === name.slice(dot + 1))
  return dot > 0 && field !== undefined ? [name.slice(0, dot), field] : [name, 'mean']
}

function operatorOf(text: string): Comparison['operator'] {
  return operators.find((operator) => operator === text) ?? '=='
}

function valueOf(text: string): number {
  const number = Number.parseFloat(text)
  if (text.endsWith('%')) return number / 100
  return text.endsWith('s') && !text.endsWith('ms') ? number * 1000 : number
}
