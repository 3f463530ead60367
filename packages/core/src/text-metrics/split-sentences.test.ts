import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitSentences } from './index.ts'

const texts = (source: string) => splitSentences(source).map((sentence) => sentence.text)

test('sentences end at full stops, question and exclamation marks', () => {
  expect(texts('It starts. Does it? Yes! "Done." Then more')).toEqual([
    'It starts.',
    'Does it?',
    'Yes!',
    '"Done."',
    'Then more',
  ])
})

test('abbreviations, initials, versions and file names do not end a sentence', () => {
  expect(texts('Use a model, e.g. Llama 3.1 by J. Smith et al. in Node.js. Next one.')).toEqual([
    'Use a model, e.g. Llama 3.1 by J. Smith et al. in Node.js.',
    'Next one.',
  ])
  expect(texts('Files, keys, etc. The rest follows.')).toEqual(['Files, keys, etc.', 'The rest follows.'])
})

test('nothing inside inline code ends a sentence', () => {
  expect(texts('Run `a. B` now. Then stop.')).toEqual(['Run `a. B` now.', 'Then stop.'])
})

test('headings, list items, table rows and code fences are units of their own', () => {
  const source =
    '# Start\nFirst line\ngoes on.\n- one thing\n- two things. And more.\n1. Install\n\n| a | b |\n| c | d |\n```sh\nnpm start. Go.\n\nx\n```\nEnd.'
  expect(splitSentences(source).map(({ kind, text }) => [kind, text])).toEqual([
    ['heading', '# Start'],
    ['prose', 'First line\ngoes on.'],
    ['list-item', '- one thing'],
    ['list-item', '- two things.'],
    ['list-item', 'And more.'],
    ['list-item', '1. Install'],
    ['table-row', '| a | b |'],
    ['table-row', '| c | d |'],
    ['code', '```sh\nnpm start. Go.\n\nx\n```'],
    ['prose', 'End.'],
  ])
})

test('Chinese and Japanese sentences split without spaces', () => {
  expect(texts('これは文です。次の文です！終わり')).toEqual(['これは文です。', '次の文です！', '終わり'])
})

test('a citation after the full stop stays with its sentence, a passage marker opens the next', () => {
  expect(texts('It is so. [1] Next is it [2].\n[3] Title')).toEqual([
    'It is so. [1]',
    'Next is it [2].',
    '[3] Title',
  ])
})

test('every sentence is a slice of the source, in order, and no visible character is lost', () => {
  const piece = fc.constantFrom(
    'a',
    'B',
    '. ',
    '! ',
    '\n',
    '\n\n',
    '- ',
    '# ',
    '`',
    '```\n',
    ' ',
    '。',
    '[1]',
    'e.g. ',
    '| ',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const source = pieces.join('')
      let end = 0
      for (const sentence of splitSentences(source)) {
        expect(source.slice(sentence.start, sentence.end)).toBe(sentence.text)
        expect(source.slice(end, sentence.start).trim()).toBe('')
        end = sentence.end
      }
      expect(source.slice(end).trim()).toBe('')
    }),
    { numRuns: 500 },
  )
})
