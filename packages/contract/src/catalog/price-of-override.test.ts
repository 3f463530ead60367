import { expect, test } from 'vitest'
import { overrideOfPrice, priceOfOverride } from './price-of-override.ts'
import { priceOverride } from './price-override.ts'

test('an override is in whole nano-dollars and names itself as the source', () => {
  expect(
    priceOfOverride({
      model: 'a/b',
      inputUsd: 0.075,
      outputUsd: 0.3,
      requestUsd: 0.005,
      cacheWriteHourUsd: 0,
    }),
  ).toEqual({
    inputNano: 75_000_000,
    outputNano: 300_000_000,
    cacheWriteHourNano: 0,
    requestNano: 5_000_000,
    source: 'override',
  })
})

test('an override can set every price, each in nano-dollars of its unit', () => {
  const override = priceOverride.parse({
    model: 'openai/*',
    inputUsd: 2,
    outputUsd: 8,
    cachedInputUsd: 0.5,
    cacheWriteUsd: 2.5,
    cacheWriteHourUsd: 4,
    audioInputUsd: 32,
    audioOutputUsd: 64,
    imageInputUsd: 5,
    imageOutputUsd: 40,
    requestUsd: 0.012,
    imageUsd: 0.04,
    imageKindsUsd: { 'hd/1024x1024': 0.08 },
    audioHourUsd: 0.36,
    charactersUsd: 15,
    searchUsd: 0.01,
    searchCallUsd: 0.035,
    fileSearchUsd: 0.0025,
    containerUsd: 0.03,
    batchShare: 0.5,
    tiers: [{ aboveInputTokens: 200_000, inputUsd: 4, outputUsd: 12, audioInputUsd: 40 }],
  })
  const price = priceOfOverride(override)
  expect(price).toEqual({
    inputNano: 2e9,
    outputNano: 8e9,
    cachedInputNano: 5e8,
    cacheWriteNano: 2.5e9,
    cacheWriteHourNano: 4e9,
    audioInputNano: 32e9,
    audioOutputNano: 64e9,
    imageInputNano: 5e9,
    imageOutputNano: 40e9,
    requestNano: 12_000_000,
    imageNano: 40_000_000,
    imageKindsNano: { 'hd/1024x1024': 80_000_000 },
    audioHourNano: 360_000_000,
    charactersNano: 15e9,
    searchNano: 10_000_000,
    searchCallNano: 35_000_000,
    fileSearchNano: 2_500_000,
    containerNano: 30_000_000,
    batchShare: 0.5,
    tiers: [{ aboveInputTokens: 200_000, inputNano: 4e9, outputNano: 12e9, audioInputNano: 40e9 }],
    source: 'override',
  })
  expect(overrideOfPrice('openai/*', price)).toEqual(override)
})

test('an override without any price, or with half of one, is refused', () => {
  const problem = (more: object) =>
    priceOverride.safeParse({ model: 'a/b', ...more }).error?.issues[0]?.message
  expect(problem({})).toContain('the price of a unit: requestUsd')
  expect(problem({ batchShare: 0.5 })).toContain('give inputUsd and outputUsd')
  expect(problem({ inputUsd: 1, imageUsd: 1 })).toBe('give inputUsd and outputUsd together')
  expect(problem({ audioHourUsd: 0.36 })).toBeUndefined()
  expect(problem({ inputUsd: 0, outputUsd: 0 })).toBeUndefined()
})

test('a price becomes an override that says the same, with nothing about tokens where it charges for none', () => {
  expect(overrideOfPrice('a/b', { inputNano: 75_000_000, outputNano: 0, source: 'a list' })).toEqual({
    model: 'a/b',
    inputUsd: 0.075,
    outputUsd: 0,
  })
  expect(overrideOfPrice('a/b', { inputNano: 0, outputNano: 0 })).toEqual({
    model: 'a/b',
    inputUsd: 0,
    outputUsd: 0,
  })
  expect(overrideOfPrice('a/b', { inputNano: 0, outputNano: 0, audioHourNano: 36e7 })).toEqual({
    model: 'a/b',
    audioHourUsd: 0.36,
  })
})
