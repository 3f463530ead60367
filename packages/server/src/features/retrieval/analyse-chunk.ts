import { extractTerms } from '@ratchet/core/text-metrics'
import type { Chunk } from './chunk-markdown.ts'

/** Terms of a chunk with their counts, and their number: what BM25 needs. */
export type Analysis = { readonly counts: ReadonlyMap<string, number>; readonly length: number }

/** Search sees title and headings as well as the text: a question often names only the section. */
export function analyseChunk(chunk: Pick<Chunk, 'title' | 'heading' | 'text'>): Analysis {
  return countTerms(extractTerms(searchText(chunk)))
}

/** What is embedded: the same words that are searched. */
export function searchText(chunk: Pick<Chunk, 'title' | 'heading' | 'text'>): string {
  return [chunk.title, chunk.heading, chunk.text].filter((part) => part !== '').join('\n')
}

export function countTerms(terms: readonly string[]): Analysis {
  const counts = new Map<string, number>()
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1)
  return { counts, length: terms.length }
}
