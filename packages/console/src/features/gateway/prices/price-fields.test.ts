import { expect, test } from 'vitest'
import { readPrice, textOfPrice } from './price-fields.ts'
import { priceOf } from './shown-price.ts'

const none = textOfPrice(undefined)

test('a price is typed and read again as it was', () => {
  const price = {
    inputNano: 1_250_000_000,
    outputNano: 10_000_000_000,
    cachedInputNano: 125_000_000,
    imageKindsNano: { 'hd/1024x1024': 80_000_000, low: 11_000_000 },
    audioHourNano: 111_000_000,
    searchNano: 10_000_000,
    batchShare: 0.5,
  }
  const text = textOfPrice(price)
  expect(text).toMatchObject({
    inputUsd: '1.25',
    outputUsd: '10',
    cachedInputUsd: '0.125',
    imageKinds: 'hd/1024x1024 0.08\nlow 0.011',
    audioHourUsd: '0.111',
    batchShare: '0.5',
    requestUsd: '',
  })
  const read = readPrice('openai/gpt-5', text, undefined)
  expect('override' in read && priceOf(read.override)).toEqual({ ...price, source: 'override' })
})

test('a price without tokens leaves them empty, and tiers are kept', () => {
  const text = textOfPrice({ inputNano: 0, outputNano: 0, audioHourNano: 360_000_000 })
  expect(text.inputUsd).toBe('')
  const tiers = [{ aboveInputTokens: 200_000, inputUsd: 4, outputUsd: 8 }]
  expect(readPrice(' openai/whisper-1 ', text, tiers)).toEqual({
    override: { model: 'openai/whisper-1', audioHourUsd: 0.36, tiers },
  })
})

test.each([
  [{ inputUsd: 'much' }, 'Input: "much" is no price.'],
  [{ inputUsd: '-1' }, 'Input: "-1" is no price.'],
  [{ inputUsd: '1' }, 'outputUsd: give inputUsd and outputUsd together'],
  [{ batchShare: '0.5' }, 'the price of a unit'],
  [{ imageKinds: '1024x1024' }, 'write "1024x1024 0.04", not "1024x1024"'],
  [{ inputUsd: '1', outputUsd: '2', batchShare: '5' }, 'batchShare'],
])('%j is no price, and says why', (typed, problem) => {
  const read = readPrice('a/b', { ...none, ...typed }, undefined)
  expect('problem' in read && read.problem).toContain(problem)
})

test('dollar signs, equals signs and colons are understood', () => {
  const read = readPrice(
    'a/b',
    { ...none, imageUsd: '$0.04', imageKinds: 'hd: $0.08\n1x1 = 0.02' },
    undefined,
  )
  expect(read).toEqual({
    override: { model: 'a/b', imageUsd: 0.04, imageKindsUsd: { hd: 0.08, '1x1': 0.02 } },
  })
})
