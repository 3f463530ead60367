import { splitBlocks, type Block } from './split-blocks.ts'

/** A sentence with its place in the source: `text` is `source.slice(start, end)`. Code fences stay whole. */
export type Sentence = {
  readonly text: string
  readonly start: number
  readonly end: number
  readonly kind: Block['kind']
}

const neverEnds = new Set(
  'e.g i.e cf viz approx mr mrs ms dr prof sr jr st fig figs eq sec ch vol no nos pp ed eds al resp incl ca'.split(
    ' ',
  ),
)
const mayEnd = new Set('etc vs inc ltd co corp u.s u.k a.m p.m'.split(' '))
const terminator = /[.!?…]+(?:["'”’»)\]*_]+)?(?:[ \t]*\[\d+\])*(?=\s|$)|[。！？｡]+[」』）”"]*(?:\[\d+\])*/gu

/**
 * Splits plain text or Markdown into sentences. Headings, list items and table rows end a sentence, code
 * fences are one unit, nothing inside inline code splits, abbreviations and initials do not end a sentence,
 * Chinese and Japanese full stops need no space, and a citation marker after the full stop stays with its
 * sentence. Rule-based: a sentence that starts in lower case is joined to the one before.
 */
export function splitSentences(text: string): Sentence[] {
  return splitBlocks(text).flatMap((block) =>
    block.kind === 'code' ? [cut(text, block)] : splitBlock(text, block),
  )
}

function splitBlock(source: string, block: Block): Sentence[] {
  const text = source.slice(block.start, block.end)
  const codeSpans = [...text.matchAll(/(`+)(?:(?!\1).)+\1/gsu)].map(({ index, 0: span }) => [
    index,
    index + span.length,
  ])
  const sentences: Sentence[] = []
  let start = 0
  for (const match of text.matchAll(terminator)) {
    const end = match.index + match[0].length
    if (codeSpans.some(([from = 0, to = 0]) => match.index >= from && match.index < to)) continue
    if (match[0].startsWith('.') && !endsSentence(text, start, match.index, end)) continue
    sentences.push(cut(source, { kind: block.kind, start: block.start + start, end: block.start + end }))
    start = end
  }
  if (text.slice(start).trim() !== '') sentences.push(cut(source, { ...block, start: block.start + start }))
  return sentences
}

function endsSentence(text: string, start: number, dot: number, end: number): boolean {
  const before = text.slice(start, dot)
  const word = (/[\p{L}\p{N}.]+$/u.exec(before)?.[0] ?? '').toLowerCase()
  const next = /\S/u.exec(text.slice(end))?.[0] ?? ''
  if (next === '') return true
  if (/^\s*\d+$/u.test(before)) return false
  if (neverEnds.has(word) || /\p{Ll}/u.test(next)) return false
  if (mayEnd.has(word)) return /\p{Lu}/u.test(next)
  return !/(?:^|\s)\p{Lu}$/u.test(before)
}

function cut(source: string, block: Block): Sentence {
  const raw = source.slice(block.start, block.end)
  const start = block.start + (raw.length - raw.trimStart().length)
  const text = raw.trim()
  return { text, start, end: start + text.length, kind: block.kind }
}
