import { extractTerms, splitSentences, type Sentence } from '../../text-metrics/index.ts'
import type { Passage } from './read-passages.ts'

/** The smallest thing an answer quotes: a sentence, a list with its introduction, a table row, a command. */
export type AnswerUnit = {
  readonly text: string
  readonly terms: readonly string[]
  /** Terms of the passage title and of the heading above. */
  readonly headingTerms: readonly string[]
  readonly passage: number
  /** First and last sentence of the passage that this unit covers. */
  readonly first: number
  readonly last: number
  readonly hasCode: boolean
  readonly kind: Sentence['kind'] | 'list'
}

const longestList = 900
const longestCode = 800

/** Cuts a passage into units; a list or code block also exists joined to the sentence that introduces it. */
export function makeAnswerUnits(passage: Passage, passageIndex: number): AnswerUnit[] {
  const sentences = splitSentences(passage.text)
  const units: AnswerUnit[] = []
  let heading = passage.title
  let header: readonly string[] = []
  const add = (first: number, last: number, kind: AnswerUnit['kind'], text: string) => {
    const terms = extractTerms(text)
    if (terms.length === 0) return
    const headingTerms = extractTerms(`${passage.title} ${heading}`)
    const hasCode = /`[^`]+`|```/u.test(text)
    units.push({ text, terms, headingTerms, passage: passageIndex, first, last, hasCode, kind })
  }
  for (const [index, sentence] of sentences.entries()) {
    if (sentence.kind === 'heading') heading = sentence.text.replace(/^\s*#+\s*/u, '')
    else if (sentence.kind === 'table-row') {
      if (sentences[index - 1]?.kind !== 'table-row') {
        header = isHeaderRow(sentences, index) ? readCells(sentence.text) : []
      }
      const row = readRow(sentence.text, header)
      if (row !== undefined && !isHeaderRow(sentences, index)) add(index, index, 'table-row', row)
    } else if (sentence.kind !== 'code') {
      add(index, index, sentence.kind, withoutMarker(sentence))
      const group = readGroup(sentences, index)
      if (group) add(index, group.last, group.kind, group.text)
    } else if (sentences[index - 1] === undefined || sentences[index - 1]?.kind === 'heading') {
      if (sentence.text.length <= longestCode) add(index, index, 'code', sentence.text)
    }
  }
  return units
}

/** A prose sentence followed by code, or one that ends in a colon followed by list items. */
function readGroup(
  sentences: readonly Sentence[],
  index: number,
): { last: number; kind: 'list' | 'code'; text: string } | undefined {
  const intro = sentences[index]
  const next = sentences[index + 1]
  if (!intro || !next) return undefined
  if (next.kind === 'code' && next.text.length <= longestCode) {
    return { last: index + 1, kind: 'code', text: `${withoutMarker(intro)}\n\n${next.text}` }
  }
  if (next.kind !== 'list-item' || intro.kind === 'list-item' || !/[:：]\s*\**$/u.test(intro.text))
    return undefined
  let last = index + 1
  while (sentences[last + 1]?.kind === 'list-item') last++
  const items = joinItems(sentences.slice(index + 1, last + 1))
  return items.length > longestList ? undefined : { last, kind: 'list', text: `${intro.text}\n${items}` }
}

/** Sentences of one item share its line; every marker starts a new one. */
function joinItems(sentences: readonly Sentence[]): string {
  return sentences
    .map(
      ({ text }, index) =>
        (index === 0 ? '' : listMarker.test(text) ? '\n' : ' ') + text.replace(/\s*\n\s*/gu, ' '),
    )
    .join('')
}

const listMarker = /^\s*(?:[-*+•]|\d{1,3}[.)])\s+/u

function withoutMarker(sentence: Sentence): string {
  const plain = sentence.text.replace(/\s*\n\s*/gu, ' ')
  return sentence.kind === 'list-item' ? plain.replace(listMarker, '') : plain.replace(/^>\s*/u, '')
}

/** `| a | b | c |` reads `a (second: b): c`, with the header of the middle columns; the row of dashes is no row. */
function readRow(text: string, header: readonly string[]): string | undefined {
  if (dashes.test(text)) return undefined
  const cells = readCells(text)
  const filled = cells.map((cell, at) => ({ cell, name: header[at] ?? '' })).filter(({ cell }) => cell !== '')
  const first = filled[0]?.cell
  const last = filled.length > 1 ? filled.at(-1)?.cell : undefined
  const middle = filled
    .slice(1, -1)
    .map(({ cell, name }) => (name === '' ? cell : `${name.toLowerCase()}: ${cell}`))
  if (first === undefined || last === undefined) return first
  return `${first}${middle.length > 0 ? ` (${middle.join(', ')})` : ''}: ${last}`
}

const dashes = /^\|?[\s:|-]+\|?$/u

function readCells(row: string): string[] {
  return row
    .replace(/^\||\|$/gu, '')
    .split(/(?<!\\)\|/u)
    .map((cell) => cell.trim())
}

function isHeaderRow(sentences: readonly Sentence[], index: number): boolean {
  return dashes.test(sentences[index + 1]?.text ?? '')
}
