import { extractTerms, splitSentences } from '../../text-metrics/index.ts'
import { makeBm25Index } from '../../retrieval/index.ts'
import { readable } from './flatten-tool-result.ts'
import { typeOf, type JsonSchema } from './json-schema.ts'

/** The text that values are taken from, cut into sentences and indexed once. */
export type Evidence = {
  readonly text: string
  readonly answer: string
  readonly sentences: readonly string[]
  /** The sentences that speak of some words, best first. */
  readonly about: (label: string) => readonly string[]
}

export function makeEvidence(source: { readonly text: string; readonly answer: string }): Evidence {
  const sentences = splitSentences(source.text)
    .map((sentence) => sentence.text.replace(/^\s*(?:[-*+•]|\d{1,3}[.)])\s+/u, '').replace(/\s*\n\s*/gu, ' '))
    .filter((sentence) => sentence !== '')
  const index = makeBm25Index(sentences.map(extractTerms))
  const about = (label: string) =>
    index.search(extractTerms(readable(label)), 5).map((hit) => sentences[hit.index] ?? '')
  return { ...source, sentences, about }
}

/** The rest of a line `Label: value` (or `label = value`, `label is value`) whose label has the name's words. */
export function findLabelled(name: string, evidence: Evidence): string | undefined {
  const wanted = extractTerms(readable(name))
  if (wanted.length === 0) return undefined
  for (const line of evidence.text.split('\n')) {
    for (const match of line.matchAll(
      /(?:^|[,;.(|]\s*|\s-\s|\band\s)\**([\p{L}\p{N}][\p{L}\p{N} _/#'-]{0,40}?)\**\s*(?::|=|\bis\b|\bwas\b|\bare\b)\s*\**\s*(\S.*)$/gu,
    )) {
      const [, label = '', value = ''] = match
      const terms = extractTerms(readable(label))
      if (
        terms.length > 0 &&
        wanted.every((term) => terms.includes(term)) &&
        terms.length <= wanted.length + 2
      ) {
        return cutValue(value)
      }
    }
  }
  return undefined
}

/** Sources of the items of an array: what stands after its label, list items, or sentences. */
export function findItems(itemSchema: JsonSchema, name: string, evidence: Evidence): string[] {
  const choices = Array.isArray(itemSchema['enum']) ? itemSchema['enum'].map(String) : []
  if (choices.length > 0) {
    const text = ` ${evidence.text.toLowerCase()} `
    return choices.filter((choice) => text.includes(readable(choice)) || text.includes(choice.toLowerCase()))
  }
  const type = typeOf(itemSchema)
  const labelled = new RegExp(`${escapePattern(readable(name))}s?\\s*(?::|are|include|=)\\s*(.+)`, 'iu').exec(
    evidence.text,
  )?.[1]
  const listed = labelled
    ?.split(/\s*[,;]\s*(?:and\s+)?|\s+and\s+/u)
    .map((item) => item.replace(/[.\s]+$/u, ''))
  if (type === 'number' || type === 'integer') {
    return (listed?.join(' ') ?? evidence.text).match(/-?\d+(?:[.,]\d+)*/gu) ?? []
  }
  if (listed && listed.length > 0) return listed.filter((item) => item !== '')
  const items = splitSentences(evidence.text).filter((sentence) => sentence.kind === 'list-item')
  if (items.length > 0) return items.map((item) => item.text.replace(/^\s*(?:[-*+•]|\d{1,3}[.)])\s+/u, ''))
  const about = evidence.about(name)
  return about.length > 0 ? [...about] : evidence.sentences.slice(0, 3)
}

function cutValue(value: string): string {
  const end = /(?<!\b\p{Lu})[.!?](?:\s|$)|;|\s\|/u.exec(value)?.index ?? value.length
  return value.slice(0, end).replace(/\*+$/u, '').trim()
}

/** A readable name as the text of a pattern. */
export function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/gu, '\\$&')
}
