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
  const isInCode = makeCodeCheck(text)
  const sentences: Sentence[] = []
  let start = 0
  for (const match of text.matchAll(terminator)) {
    const end = match.index + match[0].length
    if (isInCode(match.index)) continue
    if (match[0].startsWith('.') && !endsSentence(text, { start, dot: match.index, end })) continue
    sentences.push(cut(source, { kind: block.kind, start: block.start + start, end: block.start + end }))
    start = end
  }
  if (text.slice(start).trim() !== '') sentences.push(cut(source, { ...block, start: block.start + start }))
  return sentences
}

/** Tells whether a place is inside inline code; places must be asked in ascending order. */
function makeCodeCheck(text: string): (at: number) => boolean {
  const spans = text.matchAll(/(`+)(?:(?!\1).)+\1/gsu)
  let span = spans.next()
  return (at) => {
    while (!span.done && span.value.index + span.value[0].length <= at) span = spans.next()
    return !span.done && at >= span.value.index
  }
}

// Longer words are no abbreviations; a fixed window keeps the work linear in the length of the text.
const lookAround = 40

function endsSentence(text: string, place: { start: number; dot: number; end: number }): boolean {
  const before = text.slice(Math.max(place.start, place.dot - lookAround), place.dot)
  const word = (/[\p{L}\p{N}.]+$/u.exec(before)?.[0] ?? '').toLowerCase()
  const next = /\S/u.exec(text.slice(place.end, place.end + lookAround))?.[0] ?? ''
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
