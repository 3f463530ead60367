/**
 * Text: words, stems and sentences, and the measures built on them (exact match, contains, token F1,
 * lexical groundedness, abstention). Also the analysis that search, the offline model and the offline
 * embedding share, so that all of them agree on what a word is.
 */
export { tokenizeWords } from './tokenize-words.ts'
export { stemWord } from './stem-word.ts'
export { isStopWord } from './stop-words.ts'
export { isWeakTerm } from './weak-terms.ts'
export { extractTerms } from './extract-terms.ts'
export { splitSentences, type Sentence } from './split-sentences.ts'
export { normaliseAnswer, answerTokens } from './normalise-answer.ts'
export { isExactMatch, containsAnswer } from './match-answer.ts'
export { tokenF1, type TokenF1 } from './token-f1.ts'
export { measureGroundedness, type Groundedness } from './measure-groundedness.ts'
export { isAbstention } from './is-abstention.ts'
