import { stemWord } from './stem-word.ts'
import { isStopWord } from './stop-words.ts'
import { tokenizeWords } from './tokenize-words.ts'

/**
 * Search terms of a text in order, with repeats: words without English stop words, stemmed. Documents and
 * queries must both pass through here, or they will not meet.
 */
export function extractTerms(text: string): string[] {
  const terms: string[] = []
  for (const word of tokenizeWords(text)) if (!isStopWord(word)) terms.push(stemWord(word))
  return terms
}
