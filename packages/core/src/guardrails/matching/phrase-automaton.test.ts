import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldText, letterFolding, wordFolding } from './fold-text.ts'
import { makePhraseAutomaton, matchPhrases } from './phrase-automaton.ts'

const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' ', 'é', 'Ａ'), maxLength: 40 })
const phrase = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 5 })

test('the automaton finds what a search for each phrase at each place finds', () => {
  fc.assert(
    fc.property(fc.uniqueArray(phrase, { minLength: 1, maxLength: 12 }), letters, (phrases, text) => {
      const automaton = makePhraseAutomaton(phrases, wordFolding)
      const found: string[] = []
      matchPhrases(automaton, { text, from: 0, mostGap: 9 }, (match) =>
        found.push(`${match.phrase} ${match.start} ${match.end}`),
      )
      const expected: string[] = []
      for (const [index, each] of phrases.entries())
        for (let start = 0; start + each.length <= text.length; start += 1)
          if (foldText(text.slice(start, start + each.length), wordFolding) === each)
            expected.push(`${index} ${start} ${start + each.length}`)
      expect(found.sort()).toEqual(expected.sort())
    }),
  )
})

test('skipped characters may stand in between, up to the gap', () => {
  const automaton = makePhraseAutomaton(['abc'], letterFolding)
  const count = (text: string): number => {
    let found = 0
    matchPhrases(automaton, { text, from: 0, mostGap: 2 }, () => (found += 1))
    return found
  }
  expect(count('a b--c')).toBe(1)
  expect(count('a b---c')).toBe(0)
})

test('what the end of the text may have cut off is told', () => {
  const automaton = makePhraseAutomaton(['abcd', 'cde'], wordFolding)
  const openAt = (text: string): number => matchPhrases(automaton, { text, from: 0, mostGap: 4 }, () => {})
  expect(openAt('xxabc')).toBe(2)
  expect(openAt('xxabx')).toBe(5)
  expect(openAt('xxabcdex')).toBe(8)
  expect(openAt('xxxc')).toBe(3)
})
