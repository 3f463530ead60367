/** A value for a `{name:Type}` placeholder. Times go in as text: see time-text.ts. */
export type ParameterValue = string | number | boolean | null | readonly ParameterValue[]
export type Parameters = Readonly<Record<string, ParameterValue>>

/**
 * Writes parameters into the text as typed literals, the way the engine itself substitutes them.
 * Only for the embedded engine: chDB runs all natively bound queries of a process one after the other,
 * so one slow report would block every other read.
 */
export function bindParameters(sql: string, parameters: Parameters): string {
  return sql.replace(tokens, (token: string, name?: string, type?: string) => {
    if (name === undefined || type === undefined) return token
    const value = parameters[name]
    if (value === undefined)
      throw new Error(`The query uses {${name}:${type}}, but no value "${name}" was given.`)
    if (type === 'Identifier') return quoteIdentifier(String(value))
    return `_CAST(${literal(value)}, ${quoteText(type)})`
  })
}

/** Strings, quoted names and comments come first, so that braces inside them are left alone. */
const tokens =
  /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|`(?:[^`\\]|\\[\s\S]|``)*`|--[^\n]*|\/\*[\s\S]*?\*\/|\{\s*([A-Za-z_]\w*)\s*:\s*([^{}]+?)\s*\}/g

function literal(value: ParameterValue): string {
  if (value === null) return 'NULL'
  if (typeof value === 'string') return quoteText(value)
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (typeof value === 'number') return numberText(value)
  return `[${value.map(literal).join(', ')}]`
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  return Object.is(value, -0) ? '0' : String(value)
}

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '\0': '\\0',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

function quoteText(text: string): string {
  // oxlint-disable-next-line no-control-regex -- the control characters are what is escaped
  return `'${text.replace(/[\\'\0\b\f\n\r\t]/g, (char) => escapes[char] ?? char)}'`
}

function quoteIdentifier(name: string): string {
  return `\`${name.replace(/[\\`]/g, (char) => `\\${char}`)}\``
}
