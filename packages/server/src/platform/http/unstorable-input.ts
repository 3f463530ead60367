import { AppError } from '@ratchet/contract'

/** The error for input that the database cannot hold: names the fields whose text contains the character U+0000. */
export function unstorableInput(
  input: { params: unknown; query: unknown; body: unknown },
  cause: unknown,
): AppError {
  const fields = [input.params, input.query, input.body].flatMap((part) => fieldsWithNul(part, ''))
  const where = fields.length > 0 ? `"${fields.join('", "')}"` : 'A text of this request'
  return new AppError('validation_failed', {
    message: `${where} contains the character U+0000 (NUL), which cannot be stored. Remove it.`,
    details: { issues: fields.map((field) => ({ field, problem: 'contains the character U+0000' })) },
    cause,
  })
}

function fieldsWithNul(value: unknown, path: string): string[] {
  if (typeof value === 'string') return value.includes('\0') ? [path] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) =>
    fieldsWithNul(inner, path === '' ? name : `${path}.${name}`),
  )
}
