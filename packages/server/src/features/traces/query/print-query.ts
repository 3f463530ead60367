import { printMeasure } from './measure.ts'
import { fieldOf } from './query-fields.ts'
import type { QueryTerm, TraceQuery } from './trace-query.ts'

/** Writes a query so that `parseQuery` reads exactly it back. */
export function printQuery(query: TraceQuery): string {
  return query.map((term) => `${term.negated ? '-' : ''}${printTerm(term)}`).join(' ')
}

function printTerm(term: QueryTerm): string {
  if (term.kind === 'text') return isPlainWord(term.text) ? term.text : quote(term.text)
  if (term.kind === 'match') return `${term.field}:${term.values.map(printValue).join(',')}`
  const field = fieldOf(term.field)
  const measure = field.kind === 'number' ? field.measure : 'count'
  return `${term.field}${term.comparison}${printMeasure(term.value, measure)}`
}

function printValue(value: string): string {
  return value === '' || /[\s",]/.test(value) ? quote(value) : value
}

function isPlainWord(text: string): boolean {
  return /^[^\s"-][^\s"]*$/.test(text) && !/^[A-Za-z][\w-]*[:<>=]/.test(text)
}

function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, (char) => `\\${char}`)}"`
}
