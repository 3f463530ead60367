import { parseReference, type FlowReference } from './parse-reference.ts'

export type ComparisonOperator = '==' | '!=' | '>' | '>=' | '<' | '<=' | 'in' | 'not in'

/** The parsed form of a `when`. */
export type FlowCondition =
  | { readonly kind: 'literal'; readonly value: unknown }
  | { readonly kind: 'list'; readonly items: readonly FlowCondition[] }
  | { readonly kind: 'reference'; readonly reference: FlowReference }
  | { readonly kind: 'not'; readonly inner: FlowCondition }
  | { readonly kind: 'and' | 'or'; readonly left: FlowCondition; readonly right: FlowCondition }
  | {
      readonly kind: 'compare'
      readonly operator: ComparisonOperator
      readonly left: FlowCondition
      readonly right: FlowCondition
    }

export type ParsedCondition =
  | { readonly ok: true; readonly condition: FlowCondition }
  | { readonly ok: false; readonly message: string; readonly suggestion: string }

type Token = {
  readonly kind: 'reference' | 'text' | 'number' | 'word' | 'symbol'
  readonly text: string
  readonly at: number
}

const tokenPattern =
  /\s+|\$\{([^{}]*)\}|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*)|(==|!=|>=|<=|[><()[\],])/y
const comparisons: ReadonlySet<string> = new Set(['==', '!=', '>', '>=', '<', '<='])
const constants: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['null', null],
  ['none', null],
  ['None', null],
])
const deepest = 50

/** Parses a condition such as `${find.output.sources} != [] and not ${inputs.quick}`. */
export function parseCondition(text: string): ParsedCondition {
  try {
    const parser = new ConditionParser(tokenize(text), text)
    return { ok: true, condition: parser.parse() }
  } catch (error) {
    if (!(error instanceof ConditionProblem)) throw error
    return { ok: false, message: error.message, suggestion: error.suggestion }
  }
}

/** Every reference in a condition. */
export function referencesInCondition(condition: FlowCondition): FlowReference[] {
  switch (condition.kind) {
    case 'literal':
      return []
    case 'reference':
      return [condition.reference]
    case 'list':
      return condition.items.flatMap(referencesInCondition)
    case 'not':
      return referencesInCondition(condition.inner)
    default:
      return [...referencesInCondition(condition.left), ...referencesInCondition(condition.right)]
  }
}

class ConditionProblem extends Error {
  readonly suggestion: string

  constructor(message: string, suggestion: string) {
    super(message)
    this.suggestion = suggestion
  }
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  tokenPattern.lastIndex = 0
  while (tokenPattern.lastIndex < text.length) {
    const at = tokenPattern.lastIndex
    const match = tokenPattern.exec(text)
    if (!match) {
      throw new ConditionProblem(
        `Condition "${text}" has "${text.charAt(at)}" at character ${at + 1}, which means nothing there.`,
        'Operators are ==, !=, >, >=, <, <=, in, not, and, or; text stands in quotes.',
      )
    }
    const [, reference, quoted, number, word, symbol] = match
    if (reference !== undefined) tokens.push({ kind: 'reference', text: reference, at })
    else if (quoted !== undefined)
      tokens.push({ kind: 'text', text: quoted.slice(1, -1).replace(/\\(.)/g, '$1'), at })
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, at })
    else if (word !== undefined) tokens.push({ kind: 'word', text: word, at })
    else if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol, at })
  }
  return tokens
}

class ConditionParser {
  readonly #tokens: readonly Token[]
  readonly #text: string
  #at = 0
  #depth = 0

  constructor(tokens: readonly Token[], text: string) {
    this.#tokens = tokens
    this.#text = text
  }

  parse(): FlowCondition {
    const condition = this.#parseOr()
    if (this.#at < this.#tokens.length) throw this.#unexpected()
    return condition
  }

  #parseOr(): FlowCondition {
    let left = this.#parseAnd()
    while (this.#take('word', 'or')) left = { kind: 'or', left, right: this.#parseAnd() }
    return left
  }

  #parseAnd(): FlowCondition {
    let left = this.#parseNot()
    while (this.#take('word', 'and')) left = { kind: 'and', left, right: this.#parseNot() }
    return left
  }

  #parseNot(): FlowCondition {
    return this.#take('word', 'not')
      ? { kind: 'not', inner: this.#nested(() => this.#parseNot()) }
      : this.#parseComparison()
  }

  #parseComparison(): FlowCondition {
    const left = this.#parseOperand()
    const next = this.#tokens[this.#at]
    if (next?.kind === 'symbol' && comparisons.has(next.text)) {
      this.#at += 1
      return { kind: 'compare', operator: next.text as ComparisonOperator, left, right: this.#parseOperand() }
    }
    if (this.#take('word', 'in'))
      return { kind: 'compare', operator: 'in', left, right: this.#parseOperand() }
    const following = this.#tokens[this.#at + 1]
    if (next?.kind === 'word' && next.text === 'not' && following?.text === 'in') {
      this.#at += 2
      return { kind: 'compare', operator: 'not in', left, right: this.#parseOperand() }
    }
    return left
  }

  #parseOperand(): FlowCondition {
    const token = this.#tokens[this.#at]
    if (!token) throw this.#unexpected()
    this.#at += 1
    if (token.kind === 'number') return { kind: 'literal', value: Number(token.text) }
    if (token.kind === 'text') return { kind: 'literal', value: token.text }
    if (token.kind === 'reference') {
      const parsed = parseReference(token.text)
      if (!parsed.ok) throw new ConditionProblem(parsed.message, parsed.suggestion)
      return { kind: 'reference', reference: parsed.reference }
    }
    if (token.kind === 'word' && constants.has(token.text)) {
      return { kind: 'literal', value: constants.get(token.text) }
    }
    if (token.text === '(') return this.#nested(() => this.#parseGroup())
    if (token.text === '[') return this.#nested(() => this.#parseList())
    this.#at -= 1
    throw this.#unexpected()
  }

  #parseGroup(): FlowCondition {
    const inner = this.#parseOr()
    if (!this.#take('symbol', ')')) throw this.#unexpected()
    return inner
  }

  #parseList(): FlowCondition {
    const items: FlowCondition[] = []
    if (this.#take('symbol', ']')) return { kind: 'list', items }
    do items.push(this.#parseOperand())
    while (this.#take('symbol', ','))
    if (!this.#take('symbol', ']')) throw this.#unexpected()
    return { kind: 'list', items }
  }

  #nested(parse: () => FlowCondition): FlowCondition {
    this.#depth += 1
    if (this.#depth > deepest)
      throw new ConditionProblem('The condition is nested too deeply.', 'Split it over nodes.')
    const condition = parse()
    this.#depth -= 1
    return condition
  }

  #take(kind: Token['kind'], text: string): boolean {
    const token = this.#tokens[this.#at]
    if (token?.kind !== kind || token.text !== text) return false
    this.#at += 1
    return true
  }

  #unexpected(): ConditionProblem {
    const token = this.#tokens[this.#at]
    const place = token
      ? `has "${token.text}" at character ${token.at + 1}, which does not fit there`
      : 'ends too early'
    const isBareWord = token?.kind === 'word' && !['and', 'or', 'not', 'in'].includes(token.text)
    return new ConditionProblem(
      `Condition "${this.#text}" ${place}.`,
      isBareWord
        ? `Write "${token.text}" in quotes, or \${${token.text}.output} for a node.`
        : 'Example: ${find.output.sources} != [].',
    )
  }
}
