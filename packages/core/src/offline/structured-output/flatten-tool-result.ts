import { isRecord } from './json-schema.ts'

/**
 * Turns the JSON of a tool result into lines that can be quoted: one `key: value` line per object of plain
 * values, with the path in front of nested ones. Text that is not JSON, or nested too deep, comes back as it is.
 */
export function flattenToolResult(text: string): string {
  try {
    return describe(JSON.parse(text), '').join('\n').trim()
  } catch {
    // Tools may answer in plain text, or in JSON nested beyond the stack.
    return text.trim()
  }
}

function describe(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown) => describe(item, path))
  if (!isRecord(value)) {
    const plain = String(value)
    return [path === '' ? plain : `${readable(path)}: ${plain}`]
  }
  const plain: string[] = []
  const nested: string[] = []
  for (const [key, item] of Object.entries(value)) {
    if (typeof item === 'object' && item !== null) {
      for (const line of describe(item, path === '' ? key : `${path} ${key}`)) nested.push(line)
    } else plain.push(`${readable(key)}: ${String(item)}`)
  }
  const line = plain.join(', ')
  return [...(line === '' ? [] : [path === '' ? `- ${line}` : `- ${readable(path)}: ${line}`]), ...nested]
}

/** `maxTokens` and `max_tokens` both read "max tokens". */
export function readable(name: string): string {
  return name
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
    .replace(/[_.-]+/gu, ' ')
    .toLowerCase()
}
