import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml'

export type Position = { readonly line: number; readonly column: number }
type Path = readonly (string | number)[]

/** A parsed YAML text that knows where each of its values stands. */
export type YamlFile = {
  readonly path: string
  readonly value: unknown
  /** Where the value at a path of keys stands; the nearest parent when it is not there. */
  readonly positionOf: (path: Path) => Position
  /** Where the key itself stands, for unknown and misspelt fields. */
  readonly positionOfKey: (path: Path) => Position
}

export type YamlProblem = Position & { readonly message: string }

/**
 * Parses YAML without running anything: no custom tags, aliases bounded. `firstLine` is the line of the file at
 * which the text starts.
 */
export function parseYaml(
  path: string,
  text: string,
  firstLine = 1,
): { file: YamlFile; problems: [] } | { file: undefined; problems: YamlProblem[] } {
  const lines = new LineCounter()
  const document = composeYaml(text, lines)
  if (document === undefined) {
    const message = 'Not valid YAML: it is nested too deeply.'
    return { file: undefined, problems: [{ line: firstLine, column: 1, message }] }
  }
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { line: line + firstLine - 1, column: col }
  }
  const problems = document.errors.map((error) => ({
    ...at(error.pos[0]),
    message: plainMessage(error.message),
  }))
  if (problems.length > 0) return { file: undefined, problems }
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { file: undefined, problems: [{ line: firstLine, column: 1, message }] }
  }
  const positionOf = (keys: Path) => at(offsetOf(document, keys, false))
  const odd = findUnstorable(value, [], new Set())
  if (odd !== undefined) return { file: undefined, problems: [{ ...positionOf(odd), message: unstorable }] }
  return {
    file: { path, value, positionOf, positionOfKey: (keys) => at(offsetOf(document, keys, true)) },
    problems: [],
  }
}

const unstorable =
  'A text holds the character U+0000, or half of a character, which cannot be stored. Remove it.'

/** Where a text stands that no database holds; escapes such as "\\0" can make one out of a harmless file. */
function findUnstorable(value: unknown, path: Path, seen: Set<object>): Path | undefined {
  if (typeof value === 'string') return value.includes('\0') || !value.isWellFormed() ? path : undefined
  if (typeof value !== 'object' || value === null || seen.has(value)) return undefined
  // Aliases make one value stand in many places, also within itself.
  seen.add(value)
  for (const [key, inner] of Object.entries(value)) {
    const here = [...path, Array.isArray(value) ? Number(key) : key]
    const found = findUnstorable(key, here, seen) ?? findUnstorable(inner, here, seen)
    if (found !== undefined) return found
  }
  return undefined
}

/** The library goes down into nested values by recursion; undefined when they are too deep for it. */
function composeYaml(text: string, lineCounter: LineCounter): Document | undefined {
  try {
    return parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: true })
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function plainMessage(message: string): string {
  return `Not valid YAML: ${message.charAt(0).toLowerCase()}${message.slice(1).replace(/\.?$/, '.')}`
}

function offsetOf(document: Document, path: Path, ofKey: boolean): number {
  let offset = document.contents?.range?.[0] ?? 0
  let node: unknown = document.contents
  for (const [index, key] of path.entries()) {
    const found = step(node, key)
    if (!found) return offset
    node = found.value
    const isLast = index === path.length - 1
    const place = (ofKey && isLast ? found.key : found.value) ?? found.key
    offset = place?.range?.[0] ?? found.key?.range?.[0] ?? offset
  }
  return offset
}

function step(
  node: unknown,
  key: string | number,
): { key: Node | undefined; value: Node | undefined } | undefined {
  if (isSeq(node)) {
    const value: unknown = typeof key === 'number' ? node.items[key] : undefined
    return isNode(value) ? { key: undefined, value } : undefined
  }
  if (!isMap(node)) return undefined
  const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key))
  if (!pair) return undefined
  return { key: isNode(pair.key) ? pair.key : undefined, value: isNode(pair.value) ? pair.value : undefined }
}
