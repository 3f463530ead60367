/** A stretch of Markdown that sentences do not cross. */
export type Block = {
  readonly kind: 'prose' | 'heading' | 'list-item' | 'table-row' | 'code'
  readonly start: number
  readonly end: number
}

type Kind = Block['kind']

/**
 * Cuts text into headings, paragraphs, list items, table rows and code fences, by lines. Not a Markdown
 * parser: it sees only what decides where sentences may end. Offsets are into `text`; blank lines vanish.
 */
export function splitBlocks(text: string): Block[] {
  const blocks: Block[] = []
  let open: { kind: Kind; start: number; end: number } | undefined
  let fence = ''
  const close = () => {
    if (open) blocks.push(open)
    open = undefined
  }
  for (const line of linesOf(text)) {
    const mark = /^\s*(`{3,}|~{3,})/u.exec(line.text)?.[1] ?? ''
    if (fence !== '') {
      if (open) open.end = line.end
      if (mark.startsWith(fence) && line.text.trim() === mark) {
        fence = ''
        close()
      }
      continue
    }
    if (mark !== '') {
      close()
      fence = mark
      open = { kind: 'code', start: line.start, end: line.end }
      continue
    }
    const kind = kindOf(line.text)
    if (kind === 'continued' && open && open.kind !== 'heading' && open.kind !== 'table-row')
      open.end = line.end
    else {
      close()
      if (kind !== 'blank')
        open = { kind: kind === 'continued' ? 'prose' : kind, start: line.start, end: line.end }
    }
  }
  close()
  return blocks
}

function kindOf(line: string): Kind | 'continued' | 'blank' {
  if (/^\s*$/u.test(line)) return 'blank'
  if (/^\s{0,3}#{1,6}\s/u.test(line)) return 'heading'
  if (/^\s*(?:[-*+•]|\d{1,3}[.)])\s+\S/u.test(line)) return 'list-item'
  if (/^\s*\|/u.test(line)) return 'table-row'
  // A passage marker such as "[2] Title" opens a new block.
  if (/^\s*\[\d+\]/u.test(line)) return 'prose'
  return 'continued'
}

function* linesOf(text: string): Generator<{ text: string; start: number; end: number }> {
  let start = 0
  while (start < text.length) {
    const newline = text.indexOf('\n', start)
    const end = newline < 0 ? text.length : newline
    yield { text: text.slice(start, end), start, end }
    start = end + 1
  }
}
