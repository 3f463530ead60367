import { type Comparison, comparisons, type QueryField, type QueryTerm } from './query-terms.ts'

export type PlacedTerm = { readonly term: QueryTerm; readonly start: number; readonly end: number }
export type QueryProblem = { readonly start: number; readonly end: number; readonly message: string }
export type ParsedQuery = {
  readonly terms: readonly PlacedTerm[]
  readonly problems: readonly QueryProblem[]
}

const fieldShape = /^([A-Za-z][\w-]*)(>=|<=|[:<>=])/

/**
 * Reads `status:error,cancelled latency>2s -user:ada "words in the answer"`. Never throws: what cannot be read becomes
 * a problem with its place. With `fields`, a name that is not among them is a problem too. The server has the last
 * word on values; this parser only spares the round trip for what is plainly wrong.
 */
export function parseQuery(text: string, fields?: readonly QueryField[]): ParsedQuery {
  const terms: PlacedTerm[] = []
  const problems: QueryProblem[] = []
  const reader = makeReader(text)
  for (reader.skipSpace(); !reader.isDone(); reader.skipSpace()) {
    const start = reader.at()
    const { term, message } = readTerm(reader, fields)
    const end = reader.at()
    if (message !== undefined) problems.push({ start, end, message })
    terms.push({ term, start, end })
  }
  return { terms, problems }
}

type Reader = ReturnType<typeof makeReader>
type Read = { readonly term: QueryTerm; readonly message: string | undefined }

function readTerm(reader: Reader, fields: readonly QueryField[] | undefined): Read {
  const negated = reader.take('-')
  const [whole, name, operator] = fieldShape.exec(reader.rest()) ?? []
  if (whole === undefined || name === undefined) {
    const { value, message } = reader.readValue(/[\s"]/)
    const empty =
      value === '' ? 'Write the word to look for, or what to leave out right after "-".' : undefined
    return { term: { kind: 'text', text: value, negated }, message: message ?? empty }
  }
  reader.skip(whole.length)
  const field = name.toLowerCase()
  const known = fields?.find((candidate) => candidate.name === field)
  const message = fields !== undefined && known === undefined ? unknownField(name, fields) : undefined
  const comparison = comparisons.find((candidate) => candidate === operator)
  if (comparison !== undefined && (comparison !== '=' || known?.kind === 'number')) {
    return readComparison(reader, { field, operator: comparison, negated }, known, message)
  }
  const parts = [reader.readValue(/[\s",]/)]
  while (reader.take(',')) parts.push(reader.readValue(/[\s",]/))
  const problem = parts.find((part) => part.message !== undefined)?.message
  const empty = parts.some((part) => part.value === '' && !part.isQuoted)
    ? `"${field}" needs a value${known === undefined ? '' : `, for example ${known.example}`}.`
    : undefined
  const values = [...new Set(parts.map((part) => part.value))]
  return { term: { kind: 'match', field, values, negated }, message: message ?? problem ?? empty }
}

function readComparison(
  reader: Reader,
  term: { readonly field: string; readonly operator: Comparison; readonly negated: boolean },
  known: QueryField | undefined,
  unknown: string | undefined,
): Read {
  const { value, message } = reader.readValue(/[\s"]/)
  const wrong =
    known?.kind === 'text'
      ? `"${term.field}" is a name and cannot be compared. Write ${known.example}.`
      : undefined
  const empty =
    value === ''
      ? `"${term.field}" needs a value${known === undefined ? '' : `, for example ${known.example}`}.`
      : undefined
  return { term: { kind: 'compare', ...term, value }, message: unknown ?? wrong ?? message ?? empty }
}

function makeReader(text: string) {
  let at = 0
  const readQuoted = () => {
    let value = ''
    for (at += 1; at < text.length; at += 1) {
      if (text[at] === '"') {
        at += 1
        return { value, isQuoted: true, message: undefined }
      }
      if (text[at] === '\\' && at + 1 < text.length) at += 1
      value += text[at] ?? ''
    }
    return { value, isQuoted: true, message: 'This quote is never closed. Add a " at the end.' }
  }
  return {
    at: () => at,
    isDone: () => at >= text.length,
    rest: () => text.slice(at),
    skip(count: number): void {
      at += count
    },
    take(sign: string): boolean {
      if (text[at] !== sign) return false
      at += 1
      return true
    },
    skipSpace(): void {
      while (at < text.length && /\s/.test(text[at] ?? '')) at += 1
    },
    readValue(stop: RegExp): { value: string; isQuoted: boolean; message: string | undefined } {
      if (text[at] === '"') return readQuoted()
      const start = at
      while (at < text.length && !stop.test(text[at] ?? '')) at += 1
      return { value: text.slice(start, at), isQuoted: false, message: undefined }
    },
  }
}

function unknownField(name: string, fields: readonly QueryField[]): string {
  const names = fields.map((field) => field.name).join(', ')
  return `There is no field "${name}". Fields: ${names}. To look for the words themselves, put them in quotes.`
}
