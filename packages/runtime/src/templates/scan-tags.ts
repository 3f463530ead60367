/** One `{{ }}`, `{% %}` or `{# #}` of a template; `line` is where it opens, from 1. */
export type TemplateTag = {
  readonly kind: 'expression' | 'statement' | 'comment'
  /** What stands between the delimiters, without whitespace marks. */
  readonly inner: string
  readonly line: number
  readonly column: number
}

export type UnclosedTag = { readonly line: number; readonly column: number; readonly delimiter: string }

const kinds = { '{': 'expression', '%': 'statement', '#': 'comment' } as const

/** Finds the tags of a template. Stops at the first one that is never closed and reports it. */
export function scanTags(source: string): { tags: TemplateTag[]; unclosed: UnclosedTag | undefined } {
  const tags: TemplateTag[] = []
  const newlines = [...source.matchAll(/\n/g)].map((match) => match.index)
  let passed = 0
  for (let at = source.indexOf('{'); at >= 0; at = source.indexOf('{', at)) {
    const mark = source[at + 1]
    if (mark !== '{' && mark !== '%' && mark !== '#') {
      at += 1
      continue
    }
    while ((newlines[passed] ?? source.length) < at) passed += 1
    const line = passed + 1
    const end = mark === '#' ? source.indexOf('#}', at + 2) : findClose(source, at + 2, mark)
    const column = at - (newlines[passed - 1] ?? -1)
    if (end < 0) return { tags, unclosed: { line, column, delimiter: `{${mark}` } }
    const inner = source
      .slice(at + 2, end)
      .replace(/^-/, '')
      .replace(/-$/, '')
      .trim()
    tags.push({ kind: kinds[mark], inner, line, column })
    at = end + 2
  }
  return { tags, unclosed: undefined }
}

/** Where the closing delimiter stands; quoted text and object literals do not close a tag. */
function findClose(source: string, from: number, mark: '{' | '%'): number {
  let depth = 0
  for (let at = from; at < source.length; at += 1) {
    const letter = source[at]
    if (letter === '"' || letter === "'") {
      at = findQuote(source, at + 1, letter)
      if (at < 0) return -1
    } else if (mark === '%' && letter === '%' && source[at + 1] === '}') return at
    else if (mark === '{' && depth === 0 && letter === '}' && source[at + 1] === '}') return at
    else if (letter === '{') depth += 1
    else if (letter === '}') depth = Math.max(0, depth - 1)
  }
  return -1
}

function findQuote(source: string, from: number, quote: string): number {
  for (let at = from; at < source.length; at += 1) {
    if (source[at] === '\\') at += 1
    else if (source[at] === quote) return at
  }
  return -1
}
