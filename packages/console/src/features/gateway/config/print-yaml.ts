/**
 * Writes JSON data as YAML that people read: blocks for objects and lists, quotes only where a text would mean
 * something else without, long texts over several lines. YAML readers give back the same data.
 */
export function printYaml(value: unknown): string {
  return `${printBlock(value, '').trimStart()}\n`
}

function printBlock(value: unknown, indent: string): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return ' []'
    return value.map((item) => `\n${indent}-${printItem(item, `${indent}  `)}`).join('')
  }
  if (isRecord(value)) {
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined)
    if (entries.length === 0) return ' {}'
    return entries
      .map(([key, inner]) => {
        const child = Array.isArray(inner) || isRecord(inner) ? `${indent}  ` : indent
        return `\n${indent}${printKey(key)}:${printBlock(inner, child)}`
      })
      .join('')
  }
  return ` ${printScalar(value, indent)}`
}

/** The first field of an object stands on the line of its dash. */
function printItem(value: unknown, indent: string): string {
  const block = printBlock(value, indent)
  return isRecord(value) && block.startsWith('\n') ? ` ${block.slice(1 + indent.length)}` : block
}

function printScalar(value: unknown, indent: string): string {
  if (typeof value !== 'string') return JSON.stringify(value ?? null)
  const isBlock =
    value.includes('\n') && /^\S/.test(value) && /\S\n?$/.test(value) && !/[^\P{Cc}\n]/u.test(value)
  if (!isBlock) return printText(value)
  const lines = (value.endsWith('\n') ? value.slice(0, -1) : value).split('\n')
  return `|${value.endsWith('\n') ? '' : '-'}\n${lines.map((line) => (line === '' ? '' : `${indent}  ${line}`)).join('\n')}`
}

const plain = /^[A-Za-z_][\w ./@+()$-]*(?::[\w./@+()$-]+)*$/
const meaning = /^(?:true|false|null|yes|no|on|off|y|n|~|\.nan|\.inf)$/i

function printText(text: string): string {
  return plain.test(text) && !meaning.test(text) && !text.endsWith(' ') ? text : JSON.stringify(text)
}

/** `on:` is what people write; only what YAML 1.2 reads as something else is quoted. */
function printKey(key: string): string {
  return /^(?:yes|no|on|off|y|n)$/i.test(key) ? key : printText(key)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
