import fc from 'fast-check'
import { expect, test } from 'vitest'
import { diffWords } from './diff-words.ts'

test('a diff holds both texts completely', () => {
  const text = fc.string({ maxLength: 60, unit: fc.constantFrom('a', 'b', ' ', '\n', '.', '日') })
  fc.assert(
    fc.property(text, text, (before, after) => {
      const parts = diffWords(before, after)
      const without = (kind: string) =>
        parts
          .filter((part) => part.kind !== kind)
          .map((part) => part.text)
          .join('')
      expect(without('added')).toBe(before)
      expect(without('removed')).toBe(after)
    }),
  )
})

test('equal texts have no change', () => {
  expect(diffWords('same text', 'same text')).toEqual([{ kind: 'same', text: 'same text' }])
})

test('words change as a whole', () => {
  expect(diffWords('port 4700.', 'port 4701.')).toEqual([
    { kind: 'same', text: 'port ' },
    { kind: 'removed', text: '4700' },
    { kind: 'added', text: '4701' },
    { kind: 'same', text: '.' },
  ])
})

test('neighbouring changes are one removal and one addition, not a patchwork', () => {
  expect(diffWords('it is the old one', 'it was a new one')).toEqual([
    { kind: 'same', text: 'it ' },
    { kind: 'removed', text: 'is the old' },
    { kind: 'added', text: 'was a new' },
    { kind: 'same', text: ' one' },
  ])
})

test('very long texts are still compared, line by line', () => {
  const long = Array.from({ length: 5000 }, (_, line) => `line ${String(line)}`).join('\n')
  const parts = diffWords(long, `${long}\nend`)
  expect(
    parts
      .map(({ text }) => text)
      .join('')
      .endsWith('end'),
  ).toBe(true)
})
