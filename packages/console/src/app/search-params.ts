/** Search parameters are plain text in the URL: what a person types there means what it says. */
export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text))
}

/** The reverse of {@link parseSearch}; absent and empty values leave no trace in the URL. */
export function printSearch(search: Record<string, unknown>): string {
  const entries = Object.entries(search).filter(([, value]) => value !== undefined && value !== '')
  const text = new URLSearchParams(entries.map(([name, value]) => [name, String(value)])).toString()
  return text === '' ? '' : `?${text}`
}

/** A text parameter, or undefined when it is absent or empty. */
export function optionalText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A parameter out of a fixed list; anything else counts as absent. */
export function optionalOneOf<Value extends string>(
  value: unknown,
  values: readonly Value[],
): Value | undefined {
  return values.find((candidate) => candidate === value)
}
