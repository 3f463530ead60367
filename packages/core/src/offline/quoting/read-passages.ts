/** A piece of context; `number` is its citation marker, or undefined when it had none. */
export type Passage = { readonly number: number | undefined; readonly title: string; readonly text: string }

const numbered = /^\s*(?:#{1,6}\s*|[-*]\s+|\*\*)?\[(\d{1,3})\](?!\()(?:\*\*)?:?\s*(.*)$/u
const tagged = /^\s*<(?:document|doc|passage|source|context|chunk)\b([^>]*)>(.*)$/iu
const closingTag = /^\s*<\/(?:document|doc|passage|source|context|chunk|documents|passages|sources)>\s*$/iu
const contextLabel =
  /^\s*(?:#{1,6}\s*|\*\*)?(?:context|documents?|documentation|passages?|sources?|excerpts?|text|article|background|reference|transcript|email|input|content)\s*(?:\*\*)?:(?:\*\*)?\s*(.*)$/iu
const sectionEnd =
  /^\s*(?:#{1,6}\s*|\*\*)?(?:question|user question|query|answer|task|instructions?|rules|output|response|format|history|conversation)\s*(?:\*\*)?:/iu

type Draft = { number: number | undefined; title: string; lines: string[] }

/**
 * Finds the context in a prompt: passages that open with `[1] Title` (numbers must go up by one, so that a
 * `[1]` quoted inside a passage opens nothing), passages in `<document>` and similar tags, or the text after
 * a `Context:` label. `rest` is what stands outside of all of them. Code fences are never looked into.
 */
export function readPassages(text: string): { passages: Passage[]; rest: string } {
  const lines = text.split('\n')
  const hasMarked = lines.some((line) => numbered.test(line) || tagged.test(line))
  const drafts: Draft[] = []
  const rest: string[] = []
  let open: Draft | undefined
  let isFenced = false
  let lastNumber = 0
  const start = (draft: Draft) => {
    open = draft
    drafts.push(draft)
  }
  for (const line of lines) {
    if (/^\s*(?:```|~~~)/u.test(line)) isFenced = !isFenced
    if (isFenced) {
      ;(open?.lines ?? rest).push(line)
      continue
    }
    const [, digits, heading = ''] = numbered.exec(line) ?? []
    const [, attributes, inside = ''] = tagged.exec(line) ?? []
    const number = digits === undefined ? 0 : Number(digits)
    if (number > 0 && (lastNumber === 0 || number === lastNumber + 1)) {
      lastNumber = number
      start({ number, title: heading.trim(), lines: [] })
    } else if (attributes !== undefined) {
      const id = /(?:index|id|number|n)\s*=\s*"?(\d+)/iu.exec(attributes)?.[1]
      const title = /(?:title|name|path|source)\s*=\s*"([^"]*)"/iu.exec(attributes)?.[1] ?? ''
      start({
        number: id === undefined ? undefined : Number(id),
        title,
        lines: inside === '' ? [] : [inside],
      })
    } else if (closingTag.test(line) || sectionEnd.test(line)) {
      open = undefined
      if (!closingTag.test(line)) rest.push(line)
    } else if (!hasMarked && !open && contextLabel.test(line)) {
      const first = contextLabel.exec(line)?.[1] ?? ''
      start({ number: undefined, title: '', lines: first === '' ? [] : [first] })
    } else (open?.lines ?? rest).push(line)
  }
  return { passages: drafts.flatMap(finish), rest: rest.join('\n') }
}

/** A marker line with nothing below it, or as long as a paragraph, is the text itself and no title. */
function finish(draft: Draft): Passage[] {
  const body = draft.lines.join('\n').trim()
  const isTitle = body !== '' && draft.title.length <= 160
  const text = isTitle ? body : `${draft.title}\n${body}`.trim()
  return text === '' ? [] : [{ number: draft.number, title: isTitle ? draft.title : '', text }]
}
