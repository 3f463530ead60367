/**
 * Measures of a ranked list against known relevance. Lists are in rank order, best first; `relevantTotal`
 * is the number of relevant documents that exist, found or not.
 */
export { recallAtK, precisionAtK, reciprocalRank, averagePrecision } from './rank-measures.ts'
export { normalisedGain } from './normalised-gain.ts'
