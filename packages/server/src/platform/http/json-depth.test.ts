import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkJsonDepth } from './json-depth.ts'

const check = (text: string) => () => checkJsonDepth(Buffer.from(text))

test('500 levels pass and 501 do not, whether lists or objects', () => {
  for (const [open, close] of [
    ['[', ']'],
    ['{"a":', '}'],
  ] as const) {
    expect(check(`${open.repeat(500)}1${close.repeat(500)}`)).not.toThrow()
    expect(check(`${open.repeat(501)}1${close.repeat(501)}`)).toThrow('more than 500 levels')
  }
})

test('brackets in texts do not count, nor do many values side by side', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('[', '{', '"', '\\', 'ü') }), (text) => {
      const values = Array.from({ length: 600 }, () => ({ [text]: [text.repeat(3)] }))
      expect(check(JSON.stringify(values))).not.toThrow()
    }),
    { numRuns: 50 },
  )
})

test('text that is no JSON is left to the parser', () => {
  for (const text of ['', '"', '"\\', ']]]', '{"a', '\\"[']) expect(check(text)).not.toThrow()
})
