import { suggestNames } from '@ratchet/core/graph'
import { AppError } from '@ratchet/contract'
import { measureExamples, parseMeasure } from './measure.ts'
import { fieldOf, isFieldName, isTextField, queryFieldNames, type QueryFieldName } from './query-fields.ts'
import type { Comparison, QueryTerm, TraceQuery } from './trace-query.ts'

type Cursor = { readonly source: string; at: number }

const bareEnd = /[\s"]/
const operators = ['>=', '<=', '>', '<', '=', ':'] as const

/**
 * Reads the query language: `status:error model:gpt*,claude* latency>2s -user:ada "words in the answer"`.
 * Words are joined by "and"; `-` before a term means "not"; commas separate alternatives; quotes keep spaces,
 * commas and colons. Throws `bad_request` that names the position (from 1), the offending piece, and what is near.
 */
export function parseQuery(source: string): TraceQuery {
  const cursor: Cursor = { source, at: 0 }
  const terms: QueryTerm[] = []
  for (;;) {
    skipSpace(cursor)
    if (cursor.at >= source.length) return terms
    terms.push(readTerm(cursor))
  }
}

function readTerm(cursor: Cursor): QueryTerm {
  const start = cursor.at
  const negated = cursor.source[cursor.at] === '-'
  if (negated) cursor.at++
  if (cursor.source[cursor.at] === '"') return { kind: 'text', text: readWords(cursor), negated }
  const name = /^[A-Za-z][\w-]*(?=>=|<=|[:<>=])/.exec(cursor.source.slice(cursor.at))?.[0]
  if (name !== undefined) return readField(cursor, { name, start: cursor.at, negated })
  const text = readBare(cursor, bareEnd)
  if (text === '') {
    const hint = 'Write the word to leave out right after "-", or put a lone "-" in quotes.'
    throw problem(start, `Expected a word or field after "-". ${hint}`, {})
  }
  return { kind: 'text', text, negated }
}

function readField(cursor: Cursor, term: { name: string; start: number; negated: boolean }): QueryTerm {
  const { name, start, negated } = term
  const field = name.toLowerCase()
  if (!isFieldName(field)) throw unknownField(name, start)
  cursor.at += name.length
  const operator = operators.find((candidate) => cursor.source.startsWith(candidate, cursor.at)) ?? ':'
  cursor.at += operator.length
  return isTextField(field)
    ? { kind: 'match', field, values: readValues(cursor, field, operator), negated }
    : { kind: 'compare', field, ...readNumber(cursor, field, operator), negated }
}

function readValues(cursor: Cursor, field: QueryFieldName, operator: string): string[] {
  if (operator !== ':' && operator !== '=') {
    const at = cursor.at - operator.length
    throw problem(
      at,
      `"${field}" is a name and cannot be compared with "${operator}". Write ${field}:value.`,
      { field },
    )
  }
  const values: string[] = []
  for (;;) {
    const start = cursor.at
    const isQuoted = cursor.source[cursor.at] === '"'
    const value = isQuoted ? readQuoted(cursor) : readBare(cursor, /[\s",]/)
    if (value === '' && !isQuoted) {
      throw problem(start, `"${field}${operator}" needs a value. For an empty one write ${field}:"".`, {
        field,
      })
    }
    checkValue(field, value, start)
    values.push(value)
    if (cursor.source[cursor.at] !== ',') return values
    cursor.at++
  }
}

function checkValue(field: QueryFieldName, value: string, start: number): void {
  const known = fieldOf(field)
  if (known.kind !== 'text' || !known.values || value.includes('*') || known.values.includes(value)) return
  const near = suggestNames(value, known.values)
  const message = `"${value}" is no ${field}. ${near === '' ? '' : `${near} `}There are: ${known.values.join(', ')}.`
  throw problem(start, message, { field, value })
}

function readNumber(
  cursor: Cursor,
  field: QueryFieldName,
  operator: (typeof operators)[number],
): { comparison: Comparison; value: number } {
  const known = fieldOf(field)
  const measure = known.kind === 'number' ? known.measure : 'count'
  let comparison: Comparison = operator === ':' ? '=' : operator
  // `latency:>2s` is what people type who know other tools.
  const inner =
    operator === ':'
      ? operators.find((one) => one !== ':' && cursor.source.startsWith(one, cursor.at))
      : undefined
  if (inner !== undefined && inner !== ':') {
    comparison = inner
    cursor.at += inner.length
  }
  const start = cursor.at
  const text = cursor.source[start] === '"' ? readQuoted(cursor) : readBare(cursor, bareEnd)
  const value = parseMeasure(text, measure)
  if (value === undefined) {
    throw problem(start, `"${field}" needs a value like ${measureExamples(measure)}, not "${text}".`, {
      field,
      value: text,
    })
  }
  return { comparison, value }
}

function readWords(cursor: Cursor): string {
  const start = cursor.at
  const text = readQuoted(cursor)
  if (text.trim() === '')
    throw problem(start, 'The quotes are empty. Write the words to look for between them.', {})
  return text
}

function readQuoted(cursor: Cursor): string {
  const start = cursor.at
  let text = ''
  cursor.at++
  while (cursor.at < cursor.source.length) {
    const char = cursor.source[cursor.at++] ?? ''
    if (char === '"') return text
    text += char === '\\' && cursor.at < cursor.source.length ? (cursor.source[cursor.at++] ?? '') : char
  }
  throw problem(start, 'This quote is never closed. Add a closing " or remove it.', {})
}

function readBare(cursor: Cursor, end: RegExp): string {
  const start = cursor.at
  while (cursor.at < cursor.source.length && !end.test(cursor.source[cursor.at] ?? '')) cursor.at++
  return cursor.source.slice(start, cursor.at)
}

function skipSpace(cursor: Cursor): void {
  while (/\s/.test(cursor.source[cursor.at] ?? '')) cursor.at++
}

function unknownField(name: string, start: number): AppError {
  const near = suggestNames(name, queryFieldNames)
  const message =
    `Unknown field "${name}". ${near === '' ? '' : `${near} `}` +
    `Fields: ${queryFieldNames.join(', ')}. To look for the words themselves, put them in quotes.`
  return problem(start, message, { field: name, fields: queryFieldNames })
}

function problem(index: number, message: string, details: Record<string, unknown>): AppError {
  return new AppError('bad_request', {
    message: `Query, character ${index + 1}: ${message}`,
    details: { position: index + 1, ...details },
  })
}
