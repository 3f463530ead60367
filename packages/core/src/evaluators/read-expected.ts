/** What a dataset row expects, in one form: any of `answers` is right, `pages` hold the answer. */
export type Expected = {
  readonly answers: readonly string[]
  readonly pages: readonly string[]
  readonly isUnanswerable: boolean
}

/**
 * Reads `expected` of a dataset row: a text, a number, a list of accepted texts, or an object with `answer`
 * (or `answers`), `page` (or `pages`) and `unanswerable`. Anything else expects nothing.
 */
export function readExpected(value: unknown): Expected {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { answers: textsOf(value), pages: [], isUnanswerable: false }
  }
  const fields = new Map<string, unknown>(Object.entries(value))
  return {
    answers: textsOf(fields.get('answers') ?? fields.get('answer')),
    pages: textsOf(fields.get('pages') ?? fields.get('page')),
    isUnanswerable: fields.get('unanswerable') === true,
  }
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)]
  return Array.isArray(value) ? value.flatMap(textsOf) : []
}
