import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  containsAnswer,
  isAbstention,
  isExactMatch,
  measureGroundedness,
  normaliseAnswer,
  tokenF1,
} from './index.ts'

test('answers are normalised as SQuAD does', () => {
  expect(normaliseAnswer('The  quick, “brown” fox—an Animal!')).toBe('quick brown foxan animal')
  expect(normaliseAnswer('A theatre')).toBe('theatre')
  expect(isExactMatch('The Eiffel Tower.', 'eiffel tower')).toBe(true)
  expect(isExactMatch('Eiffel', 'eiffel tower')).toBe(false)
})

test('contains looks for whole words in order', () => {
  expect(containsAnswer('The gateway listens on port 4701.', 'port 4701')).toBe(true)
  expect(containsAnswer('The gateway listens on port 4701.', '470')).toBe(false)
  expect(containsAnswer('東京は首都です', '首都')).toBe(true)
  expect(containsAnswer('anything', '...')).toBe(false)
})

test('token F1 counts repeated words once each', () => {
  expect(tokenF1('cat sat', 'cat sat on mat')).toEqual({ f1: 2 / 3, precision: 1, recall: 0.5 })
  expect(tokenF1('cat cat cat', 'cat dog').precision).toBeCloseTo(1 / 3, 12)
  expect(tokenF1('', '').f1).toBe(1)
  expect(tokenF1('the', 'cat').f1).toBe(0)
})

test('token F1 is symmetric, between 0 and 1, and 1 for equal texts', () => {
  const text = fc
    .array(fc.constantFrom('cat', 'dog', 'the', 'mat', '文', '!'), { maxLength: 8 })
    .map((w) => w.join(' '))
  fc.assert(
    fc.property(text, text, (a, b) => {
      const { f1 } = tokenF1(a, b)
      expect(f1).toBe(tokenF1(b, a).f1)
      expect(f1 >= 0 && f1 <= 1).toBe(true)
      expect(tokenF1(a, a).f1).toBe(1)
    }),
  )
})

test('groundedness counts sentences whose words come from one passage', () => {
  const contexts = ['The gateway listens on port 4701 by default.', 'Jobs run on PostgreSQL.']
  const result = measureGroundedness(
    'The gateway listens on port 4701 [1]. It was written by Martians.',
    contexts,
  )
  expect(result).toEqual({ score: 0.5, sentences: 2, unsupported: ['It was written by Martians.'] })
  // Words gathered from two passages support nothing.
  expect(measureGroundedness('Jobs listens port PostgreSQL gateway run.', contexts).score).toBe(0)
})

test('an answer without statements has no groundedness', () => {
  expect(measureGroundedness('I could not find this in the documents.', ['x']).score).toBeNull()
  expect(measureGroundedness('', ['x']).score).toBeNull()
  expect(measureGroundedness('It is so.', ['x']).score).toBeNull()
})

test('copying sentences out of a passage is fully grounded', () => {
  const word = fc.constantFrom('gateway', 'release', 'span', 'token', 'budget', 'port')
  const sentence = fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => `The ${words.join(' ')}.`)
  fc.assert(
    fc.property(fc.array(sentence, { minLength: 1, maxLength: 5 }), (sentences) => {
      expect(measureGroundedness(sentences[0]!, [sentences.join(' ')]).score).toBe(1)
    }),
  )
})

test.each([
  'I could not find this in the documents.',
  "I'm sorry, but I can't find that.",
  "I don't know.",
  'The provided documentation does not mention a price.',
  'This is not covered in the docs.',
  'There is no information about that in the context.',
  'Sorry. I do not have enough information to answer.',
  'Unanswerable',
  'I was unable to locate an answer.',
  'The question cannot be answered from the given passages.',
])('"%s" declines to answer', (text) => {
  expect(isAbstention(text)).toBe(true)
})

test.each([
  'The gateway listens on port 4701.',
  'When the gateway cannot find the model it answers 404 with the nearest names.',
  'Run ratchet doctor. It checks ports. I could not find anything simpler.',
  'A missing file is reported as not found.',
  'The snapshot does not contain provider credentials in clear text.',
])('"%s" is an answer', (text) => {
  expect(isAbstention(text)).toBe(false)
})
