/**
 * One part of a typed query, in the language of the server (docs: Tracing). All parts must hold; the values of one
 * match are alternatives; `negated` terms must not hold.
 */
export type QueryTerm =
  | {
      readonly kind: 'match'
      readonly field: string
      readonly values: readonly string[]
      readonly negated: boolean
    }
  | {
      readonly kind: 'compare'
      readonly field: string
      readonly operator: Comparison
      readonly value: string
      readonly negated: boolean
    }
  | { readonly kind: 'text'; readonly text: string; readonly negated: boolean }

export const comparisons = ['>=', '<=', '>', '<', '='] as const
export type Comparison = (typeof comparisons)[number]

/** A field that can be typed. `values` feed the suggestions. */
export type QueryField = {
  readonly name: string
  readonly about: string
  readonly kind: 'text' | 'number'
  readonly example: string
  readonly values?: readonly { readonly value: string; readonly count: number }[]
}

/** Writes terms as the text that {@link parseQuery} reads back to the same terms. */
export function printQuery(terms: readonly QueryTerm[]): string {
  return terms.map(printTerm).join(' ')
}

function printTerm(term: QueryTerm): string {
  const not = term.negated ? '-' : ''
  if (term.kind === 'text') return `${not}${isPlainWord(term.text) ? term.text : quote(term.text)}`
  if (term.kind === 'compare') return `${not}${term.field}${term.operator}${printValue(term.value)}`
  return `${not}${term.field}:${term.values.map(printValue).join(',')}`
}

/** Quotes a value only where the text would not read back without. */
export function printValue(value: string): string {
  return value === '' || /^=|[\s",]/.test(value) ? quote(value) : value
}

function isPlainWord(text: string): boolean {
  return /^[^\s"-][^\s"]*$/.test(text) && !/^[A-Za-z][\w-]*[:<>=]/.test(text)
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** The chosen values of a field, over all its terms. */
export function valuesOf(terms: readonly QueryTerm[], field: string): readonly string[] {
  return terms.flatMap((term) =>
    term.kind === 'match' && !term.negated && term.field === field ? term.values : [],
  )
}

/** Adds a value of a field to the query, or takes it out; a term without values disappears. */
export function toggleValue(terms: readonly QueryTerm[], field: string, value: string): QueryTerm[] {
  const chosen = valuesOf(terms, field)
  const next = chosen.includes(value) ? chosen.filter((other) => other !== value) : [...chosen, value]
  return setValues(terms, field, next)
}

/** Replaces all values of a field, keeping its place in the query. */
export function setValues(
  terms: readonly QueryTerm[],
  field: string,
  values: readonly string[],
): QueryTerm[] {
  const isOfField = (term: QueryTerm): boolean =>
    term.kind === 'match' && !term.negated && term.field === field
  const at = terms.findIndex(isOfField)
  const rest = terms.filter((term) => !isOfField(term))
  if (values.length === 0) return rest
  const place = at === -1 ? rest.length : terms.slice(0, at).filter((term) => !isOfField(term)).length
  return rest.toSpliced(place, 0, { kind: 'match', field, values, negated: false })
}
