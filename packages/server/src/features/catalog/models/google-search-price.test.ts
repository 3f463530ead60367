import { expect, test } from 'vitest'
import { withGoogleSearch } from './google-search-price.ts'

const price = { inputNano: 1, outputNano: 2, source: 'a list' }

test('Gemini 3 pays each search, Gemini 2.5 each prompt that searched; the source has the date', () => {
  expect(withGoogleSearch(price, 'gemini-3.1-pro-preview')).toEqual({
    ...price,
    searchNano: 14_000_000,
    source: 'a list, search: ai.google.dev 2026-10-07',
  })
  expect(withGoogleSearch(price, 'models/gemini-3-flash')).toMatchObject({ searchNano: 14_000_000 })
  expect(withGoogleSearch(price, 'gemini-2.5-flash')).toEqual({
    ...price,
    searchCallNano: 35_000_000,
    source: 'a list, search: ai.google.dev 2026-09-20',
  })
})

test.each(['gemini-2.0-flash', 'gemini-4-argon', 'gemini-flash-latest', 'gemini-embedding-2', 'gemma-3-27b'])(
  '%s has no price of a search that we could verify',
  (model) => {
    expect(withGoogleSearch(price, model)).toEqual(price)
  },
)

test('a list that knows the price of a search is believed', () => {
  const known = { ...price, searchNano: 7 }
  expect(withGoogleSearch(known, 'gemini-3-pro')).toEqual(known)
})
