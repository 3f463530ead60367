import { AppError, type Evaluation, type MetricComparison } from '@ratchet/contract'

/** Figures that a condition may name, by their dotted names; null: nothing to judge by. */
export type Figures = Readonly<Record<string, number | null>>

/** A condition once read, judged against figures that come later. */
export type FailCondition = { readonly text: string; holds(figures: Figures): boolean }

type Judge = (figures: Figures) => boolean
type Token = { readonly text: string; readonly at: number }

const operators: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
}

/**
 * Reads a --fail-on condition: `token-f1 < 0.4 or comparison.groundedness.high < 0`. `and` binds tighter than
 * `or`, parentheses group, numbers may carry `%`, `ms` or `s`. A figure without a value makes its comparison
 * hold: what could not be measured must not pass a build.
 */
export function parseFailCondition(text: string): FailCondition {
  const tokens = [...text.matchAll(/\s*([()]|[<>=!]=?|[^\s()<>=!]+)/gu)].map((match): Token => ({
    text: match[1] ?? '',
    at: match.index + match[0].length - (match[1]?.length ?? 0),
  }))
  let next = 0
  const fail = (expected: string): never => {
    const token = tokens[next]
    throw new AppError('validation_failed', {
      message:
        `Cannot read --fail-on "${text}": expected ${expected} at position ${(token?.at ?? text.length) + 1}, ` +
        `found ${token ? `"${token.text}"` : 'the end'}. Write it like "token-f1 < 0.4".`,
      details: { expression: text },
    })
  }
  const joined = (word: 'and' | 'or', part: () => Judge): Judge => {
    const parts = [part()]
    while (tokens[next]?.text === word) {
      next++
      parts.push(part())
    }
    return (figures) =>
      word === 'and' ? parts.every((judge) => judge(figures)) : parts.some((judge) => judge(figures))
  }
  const single = (): Judge => {
    if (tokens[next]?.text !== '(') return comparison()
    next++
    const inner = either()
    if (tokens[next]?.text !== ')') return fail('")"')
    next++
    return inner
  }
  const comparison = (): Judge => {
    const name = tokens[next]?.text ?? ''
    if (!/^\p{L}/u.test(name) || name === 'and' || name === 'or') return fail('the name of a figure')
    next++
    const operator = operators[tokens[next]?.text ?? '']
    if (!operator) return fail('one of >= > <= < == !=')
    next++
    const limit = readNumber(tokens[next]?.text ?? '')
    if (limit === undefined) return fail('a number')
    next++
    return (figures) => {
      const actual = findFigure(name, text, figures)
      return actual === null || operator(actual, limit)
    }
  }
  const both = () => joined('and', single)
  const either = (): Judge => joined('or', both)
  const holds = either()
  if (next < tokens.length) fail('"and", "or" or the end')
  return { text, holds }
}

/** Every figure of an evaluation by name: `token-f1`, `token-f1.low`, `comparison.token-f1.difference`. */
export function evaluationFigures(
  evaluation: Pick<Evaluation, 'metrics'>,
  comparison: Readonly<Record<string, MetricComparison>> = {},
): Figures {
  const figures: Record<string, number | null> = {}
  for (const [name, metric] of Object.entries(evaluation.metrics)) {
    figures[name] = metric.mean
    for (const field of ['mean', 'low', 'high', 'n', 'unscored'] as const)
      figures[`${name}.${field}`] = metric[field]
  }
  for (const [name, compared] of Object.entries(comparison)) {
    for (const [field, value] of Object.entries(compared)) figures[`comparison.${name}.${field}`] = value
  }
  return figures
}

function findFigure(name: string, text: string, figures: Figures): number | null {
  const value = figures[name]
  if (value !== undefined) return value
  const names = Object.keys(figures).filter((known) => !known.includes('.') || known.endsWith('.difference'))
  throw new AppError('validation_failed', {
    message: `--fail-on "${text}" names "${name}", which this evaluation does not have. It has: ${names.join(', ') || 'no metrics'} (also .low, .high, .n, .unscored).`,
    details: { expression: text, name },
  })
}

function readNumber(text: string): number | undefined {
  const match = /^([-+]?(?:\d+(?:\.\d+)?|\.\d+)(?:e[-+]?\d+)?)(%|ms|s)?$/u.exec(text)
  if (!match) return undefined
  const value = Number(match[1])
  if (match[2] === '%') return value / 100
  return match[2] === 's' ? value * 1000 : value
}
