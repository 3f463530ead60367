import type { ParsedQuery } from './parse-query.ts'
import { printValue, type QueryField } from './query-terms.ts'

/** A way to go on typing: `insert` replaces the text between `start` and `end`. */
export type Suggestion = {
  readonly insert: string
  readonly start: number
  readonly end: number
  readonly label: string
  readonly note: string
}

/** What could stand at the caret: values of the field being typed, or fields that fit the word. At most 12. */
export function suggestTerms(
  text: string,
  caret: number,
  parsed: ParsedQuery,
  fields: readonly QueryField[],
): readonly Suggestion[] {
  const placed = parsed.terms.find(({ start, end }) => start < caret && caret <= end)
  const start = placed?.start ?? caret
  const end = placed?.end ?? caret
  const typed = text.slice(start, caret).replace(/^-/, '')
  const not = text.slice(start, caret).startsWith('-') ? '-' : ''
  const split = /^([a-z][\w-]*):(.*)$/i.exec(typed)
  if (split !== null) return suggestValues(`${not}${split[1] ?? ''}`, split[2] ?? '', start, end, fields)
  if (/[<>"]/.test(typed)) return []
  return fields
    .filter(({ name }) => name.startsWith(typed.toLowerCase()))
    .slice(0, 12)
    .map((field) => ({
      insert: `${not}${field.name}${field.kind === 'number' ? '>' : ':'}`,
      start,
      end,
      label: field.name,
      note: field.about,
    }))
}

function suggestValues(
  fieldName: string,
  typed: string,
  start: number,
  end: number,
  fields: readonly QueryField[],
): readonly Suggestion[] {
  const field = fields.find(({ name }) => name === fieldName.replace(/^-/, '').toLowerCase())
  const parts = typed.split(',')
  const last = (parts.at(-1) ?? '').replace(/^"/, '').toLowerCase()
  const before = parts.slice(0, -1).map((part) => `${part},`)
  return (field?.values ?? [])
    .filter(({ value }) => value.toLowerCase().includes(last) && !parts.slice(0, -1).includes(value))
    .slice(0, 12)
    .map(({ value, count }) => ({
      insert: `${fieldName}:${before.join('')}${printValue(value)} `,
      start,
      end,
      label: value,
      note: count.toLocaleString('en-US'),
    }))
}
