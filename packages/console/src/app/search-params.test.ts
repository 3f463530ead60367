import fc from 'fast-check'
import { expect, test } from 'vitest'
import { optionalOneOf, optionalText, parseSearch, printSearch } from './search-params.ts'

test('what is written into a URL is read back, also ids that look like numbers', () => {
  const name = fc.stringMatching(/^[a-z]{1,8}$/)
  const search = fc.dictionary(name, fc.string({ minLength: 1, unit: 'grapheme' }), { noNullPrototype: true })
  fc.assert(
    fc.property(search, (values) => {
      expect(parseSearch(printSearch(values).slice(1))).toEqual(values)
    }),
  )
  expect(parseSearch(printSearch({ trace: '12345e10' }))).toEqual({ trace: '12345e10' })
})

test('absent and empty values leave the URL clean', () => {
  expect(printSearch({ q: undefined, env: '' })).toBe('')
})

test('a value outside its list counts as absent', () => {
  expect(optionalOneOf('tree', ['tree', 'timeline'])).toBe('tree')
  expect(optionalOneOf('cube', ['tree', 'timeline'])).toBeUndefined()
  expect(optionalText('')).toBeUndefined()
})
