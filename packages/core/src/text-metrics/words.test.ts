import fc from 'fast-check'
import { expect, test } from 'vitest'
import { extractTerms, stemWord, tokenizeWords } from './index.ts'

test('the stemmer agrees with the examples of Porter 1980', () => {
  const pairs =
    'caresses caress ponies poni ties ti cats cat feed feed agreed agre plastered plaster bled bled motoring motor ' +
    'sing sing conflated conflat troubled troubl sized size hopping hop tanned tan falling fall hissing hiss ' +
    'fizzed fizz failing fail filing file happy happi sky sky relational relat conditional condit rational ration ' +
    'digitizer digit operator oper feudalism feudal decisiveness decis hopefulness hope callousness callous ' +
    'triplicate triplic formative form formalize formal electrical electr goodness good revival reviv ' +
    'allowance allow inference infer airliner airlin gyroscopic gyroscop adjustable adjust defensible defens ' +
    'irritant irrit replacement replac adjustment adjust dependent depend adoption adopt communism commun ' +
    'activate activ homologous homolog effective effect bowdlerize bowdler probate probat rate rate cease ceas ' +
    'controlling control rolling roll generalizations gener oscillators oscil vietnamization vietnam yes ye'
  const words = pairs.split(' ')
  for (let index = 0; index < words.length; index += 2) {
    expect(stemWord(words[index]!), words[index]).toBe(words[index + 1])
  }
})

test('words that are not plain English letters keep their form', () => {
  expect(['naïve', 'v1', 'go', '日本'].map(stemWord)).toEqual(['naïve', 'v1', 'go', '日本'])
})

test('words are folded, and identifiers fall into their parts', () => {
  expect(tokenizeWords("Naïve CAFÉ's don’t RATCHET_DATA --json /v1/messages ①")).toEqual(
    'naive cafe dont ratchet data json v1 messages 1'.split(' '),
  )
})

test('Japanese keeps its voiced marks and gives character pairs', () => {
  expect(tokenizeWords('ガイドを読む')).toEqual(['ガイ', 'イド', 'ドを', 'を読', '読む'])
  expect(tokenizeWords('使Node用')).toEqual(['使', 'node', '用'])
  expect(tokenizeWords('漢'.repeat(200_000))).toHaveLength(199_999)
})

test('terms leave out stop words and join word forms', () => {
  expect(extractTerms('How are the releases deployed?')).toEqual(
    extractTerms('a deployed release').toReversed(),
  )
})

test('tokenizing never throws, and folding a folded text changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
      const words = tokenizeWords(text)
      for (const word of words) expect(word).not.toMatch(/\s/u)
      expect(words.join('').length > 0 || !/\p{L}|\p{N}/u.test(text)).toBe(true)
    }),
  )
})

test('a stem is never longer than its word by more than the restored e', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{1,20}$/u), (word) => {
      expect(stemWord(word).length).toBeLessThanOrEqual(word.length)
      expect(stemWord(word).length).toBeGreaterThan(0)
    }),
  )
})
