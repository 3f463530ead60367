/** Inputs in one line: the only value by itself, several as `name: value`. */
export function printInputs(inputs: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(inputs)
  const print = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
  const [only] = entries
  if (entries.length === 1 && only !== undefined) return print(only[1])
  return entries.map(([name, value]) => `${name}: ${print(value)}`).join(', ')
}
