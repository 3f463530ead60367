import type { Parameters } from '#platform/clickhouse/bind-parameters.ts'
import type { SelectQuery } from '#platform/clickhouse/project-queries.ts'
import { isCall } from '../is-call.ts'
import { fieldOf } from './query-fields.ts'
import type { QueryTerm, TraceQuery } from './trace-query.ts'

/** SQL conditions on `trace_roots` with their parameters. Sub-queries narrow by `{project:UUID}` themselves. */
export type TraceFilter = { readonly conditions: readonly string[]; readonly parameters: Parameters }

/** Start times that bound a list, as text for DateTime64(6). Half open: `from` is in, `to` is not. */
export type TimeRange = { readonly from?: string | undefined; readonly to?: string | undefined }

/** Spans of one trace start at most this long after its root; sub-queries over spans look no further. */
const longestTraceHours = 24

/**
 * A trace id as a number, for sets of many. Exact, half the size of the text, and above all no index condition:
 * the bloom filter on the text would test every member of a large set against every granule.
 */
export const traceKey = 'reinterpretAsUInt128(unhex(trace_id))'

type Bind = (type: string, value: string | number) => string
type Compare = Extract<QueryTerm, { kind: 'compare' }>
type Match = Extract<QueryTerm, { kind: 'match' }>

/** Turns a parsed query into SQL over the roots table; spans are consulted only when a term is about them. */
export function filterOf(query: TraceQuery, range: TimeRange): TraceFilter {
  const parameters: Record<string, string | number> = {}
  const bind: Bind = (type, value) => {
    const name = `q${Object.keys(parameters).length}`
    parameters[name] = value
    return `{${name}:${type}}`
  }
  const conditions: string[] = []
  if (range.from !== undefined) conditions.push(`start >= ${bind('DateTime64(6)', range.from)}`)
  if (range.to !== undefined) conditions.push(`start < ${bind('DateTime64(6)', range.to)}`)
  const bounds = spanBounds(range, bind)
  const wanted: string[] = []
  for (const term of query) {
    const condition = conditionOf(term, bind)
    if (!isAboutSpans(term)) conditions.push(term.negated ? `NOT (${condition})` : condition)
    else if (term.kind === 'compare') conditions.push(totalCondition(term, { bounds, bind }))
    else if (term.negated) conditions.push(`${traceKey} NOT IN (${spansWith([...bounds, condition])})`)
    else wanted.push(condition)
  }
  if (wanted.length > 0) conditions.push(`${traceKey} IN (${spansWith([...bounds, ...wanted])})`)
  return { conditions, parameters }
}

/** Adds the conditions of a filter to a query over `trace_roots`. */
export function applyFilter(query: SelectQuery, filter: TraceFilter): SelectQuery {
  return filter.conditions.reduce(
    (narrowed, condition) => narrowed.where(condition, filter.parameters),
    query,
  )
}

function isAboutSpans(term: QueryTerm): boolean {
  return term.kind !== 'text' && fieldOf(term.field).of !== 'trace'
}

function spansWith(conditions: readonly string[]): string {
  return `SELECT ${traceKey} FROM spans WHERE ${['project = {project:UUID}', ...conditions].join(' AND ')}`
}

function spanBounds(range: TimeRange, bind: Bind): string[] {
  const bounds: string[] = []
  if (range.from !== undefined) {
    bounds.push(`toStartOfMinute(start) >= toStartOfMinute(${bind('DateTime64(6)', range.from)})`)
  }
  if (range.to !== undefined) {
    bounds.push(
      `toStartOfMinute(start) <= ${bind('DateTime64(6)', range.to)} + INTERVAL ${longestTraceHours} HOUR`,
    )
  }
  return bounds
}

function conditionOf(term: QueryTerm, bind: Bind): string {
  if (term.kind === 'text') return textCondition(term.text, bind)
  if (term.kind === 'match') return matchCondition(term, bind)
  const { column } = fieldOf(term.field)
  const compared = `${column} ${term.comparison} ${bind('Int64', term.value)}`
  // 0 stands for "not streamed": such a trace has no first token to be early.
  return term.field === 'first-token' ? `(first_token_us > 0 AND ${compared})` : compared
}

function matchCondition(term: Match, bind: Bind): string {
  const { column } = fieldOf(term.field)
  const alternatives = term.values.map((value) =>
    value.includes('*')
      ? `${term.field === 'trace' ? `toString(${column})` : column} LIKE ${bind('String', likePattern(value))}`
      : `${column} = ${bind('String', value)}`,
  )
  return `(${alternatives.join(' OR ')})`
}

/** Traces without a model call cost nothing and used no tokens, so "less than" is the complement of "at least". */
function totalCondition(term: Compare, parts: { bounds: readonly string[]; bind: Bind }): string {
  const { column } = fieldOf(term.field)
  const isBelow = term.comparison === '<' || term.comparison === '<='
  const reached = term.comparison === '<' ? '>=' : term.comparison === '<=' ? '>' : term.comparison
  const holdsForZero = compareZero(reached, term.value)
  const having = `sum(${column}) ${reached} ${parts.bind('Int64', term.value)}`
  const calls = spansWith([...parts.bounds, isCall])
  const matching = `${traceKey} IN (${calls} GROUP BY ${traceKey} HAVING ${having})`
  const condition = holdsForZero ? `(${matching} OR ${traceKey} NOT IN (${calls}))` : matching
  return isBelow !== term.negated ? `NOT (${condition})` : condition
}

function compareZero(comparison: string, value: number): boolean {
  return comparison === '>' ? value < 0 : value === 0
}

/**
 * Whole ASCII words go through the token index as well; the substring decides. A trailing `*` leaves the last
 * word open (`evalu*`), because the index knows whole words only.
 */
function textCondition(text: string, bind: Bind): string {
  const isOpen = text.endsWith('*')
  const wanted = (isOpen ? text.slice(0, -1) : text).toLowerCase()
  const words = wanted.split(/[\0-\x2f\x3a-\x60\x7b-\x7f]+/).filter((word) => word !== '')
  const whole = isOpen ? words.slice(0, -1) : words
  const isPhrase = isOpen || whole.length !== 1 || whole[0] !== wanted
  return [
    ...whole.map((word) => `hasToken(search_text, ${bind('String', word)})`),
    ...(isPhrase ? [`position(search_text, ${bind('String', wanted)}) > 0`] : []),
  ].join(' AND ')
}

function likePattern(value: string): string {
  return value.replace(/[\\%_]/g, (char) => `\\${char}`).replace(/\*/g, '%')
}
