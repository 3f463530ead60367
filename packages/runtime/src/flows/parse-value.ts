import { parseReference, type FlowReference } from './parse-reference.ts'

/** A value of a flow file in which references are recognised. */
export type FlowValue =
  | { readonly kind: 'literal'; readonly value: unknown }
  | { readonly kind: 'reference'; readonly reference: FlowReference }
  | { readonly kind: 'text'; readonly parts: readonly (string | FlowReference)[] }
  | { readonly kind: 'list'; readonly items: readonly FlowValue[] }
  | { readonly kind: 'object'; readonly fields: Readonly<Record<string, FlowValue>> }

/** A reference that cannot be read, and the keys that lead to it. */
export type ValueProblem = {
  readonly path: readonly (string | number)[]
  readonly message: string
  readonly suggestion: string
}

/**
 * Finds the references in a value: a string that is one reference keeps the type of what it refers to, inside a
 * longer text it becomes text. `$${` is a literal `${`.
 */
export function parseValue(
  value: unknown,
  problems: ValueProblem[] = [],
  path: readonly (string | number)[] = [],
): FlowValue {
  if (typeof value === 'string') return parseText(value, problems, path)
  if (Array.isArray(value)) {
    return { kind: 'list', items: value.map((item, index) => parseValue(item, problems, [...path, index])) }
  }
  if (typeof value !== 'object' || value === null) return { kind: 'literal', value }
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    parseValue(item, problems, [...path, key]),
  ])
  return { kind: 'object', fields: Object.fromEntries(entries) as Record<string, FlowValue> }
}

/** Every reference in a value. */
export function referencesIn(value: FlowValue): FlowReference[] {
  switch (value.kind) {
    case 'literal':
      return []
    case 'reference':
      return [value.reference]
    case 'text':
      return value.parts.filter((part) => typeof part !== 'string')
    case 'list':
      return value.items.flatMap(referencesIn)
    case 'object':
      return Object.values(value.fields).flatMap(referencesIn)
  }
}

function parseText(text: string, problems: ValueProblem[], path: readonly (string | number)[]): FlowValue {
  const parts: (string | FlowReference)[] = []
  let literal = ''
  let from = 0
  const push = (part: FlowReference): void => {
    if (literal !== '') parts.push(literal)
    literal = ''
    parts.push(part)
  }
  for (const match of text.matchAll(/\$\$\{|\$\{([^{}]*)\}/g)) {
    literal += text.slice(from, match.index)
    from = match.index + match[0].length
    if (match[1] === undefined) {
      literal += '${'
      continue
    }
    const parsed = parseReference(match[1])
    if (parsed.ok) push(parsed.reference)
    else problems.push({ path, message: parsed.message, suggestion: parsed.suggestion })
  }
  literal += text.slice(from)
  if (literal !== '') parts.push(literal)
  const [only] = parts
  if (parts.length === 0) return { kind: 'literal', value: '' }
  if (parts.length > 1) return { kind: 'text', parts }
  return typeof only === 'object' ? { kind: 'reference', reference: only } : { kind: 'literal', value: only }
}
