import { stemWord } from './stem-word.ts'

const weakTerms = new Set(
  `use used happen mean offer many much get take took need want work look like exist hold give long longer instead
  kind thing way please explain describe help know say something anything someone make made go come see find show
  put keep possible able example question answer best good bad really actually exactly`
    .split(/\s+/u)
    .map(stemWord),
)

/**
 * True for stems of words that questions are built with but that rarely tell what they are about ("use",
 * "happen", "mean"). Unlike stop words they are kept, only counted for less.
 */
export function isWeakTerm(stem: string): boolean {
  return weakTerms.has(stem)
}
