import { overrideOfPrice, type PriceOverride } from '@ratchet/contract'
import { expect, test } from 'vitest'
import { blankTier, type PriceText, textOfPrice, tierFields } from './price-fields.ts'
import { readPrice } from './read-price.ts'

const none = textOfPrice(undefined)
const tier = { ...blankTier(), aboveInputTokens: '200k', inputUsd: '2', outputUsd: '4' }

test('a price is typed and read again as it was', () => {
  const price: PriceOverride = {
    model: 'openai/gpt-5',
    inputUsd: 1.25,
    outputUsd: 10,
    cachedInputUsd: 0.125,
    imageKindsUsd: { 'hd/1024x1024': 0.08, low: 0.011 },
    audioHourUsd: 0.111,
    searchUsd: 0.01,
    batchShare: 0.5,
    tiers: [
      { aboveInputTokens: 200_000, inputUsd: 2.5, outputUsd: 15, audioInputUsd: 64 },
      { aboveInputTokens: 1_000_000, inputUsd: 5, outputUsd: 30 },
    ],
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
    tiers: [
      { aboveInputTokens: '200000', inputUsd: '2.5', audioInputUsd: '64', cachedInputUsd: '' },
      { aboveInputTokens: '1000000' },
    ],
  })
  expect(readPrice('openai/gpt-5', text)).toEqual({ override: price })
})

test('a price without tokens leaves them empty', () => {
  const price = overrideOfPrice('openai/whisper-1', {
    inputNano: 0,
    outputNano: 0,
    audioHourNano: 360_000_000,
  })
  const text = textOfPrice(price)
  expect(text.inputUsd).toBe('')
  expect(readPrice(' openai/whisper-1 ', text)).toEqual({ override: price })
})

test('tiers are read in ascending order, with sizes as people write them', () => {
  const tiers = ['1M', '200,000', '500_000', '10k'].map((aboveInputTokens) => ({ ...tier, aboveInputTokens }))
  const read = readPrice('a/b', { ...none, inputUsd: '1', outputUsd: '2', tiers })
  expect('override' in read && read.override.tiers?.map(({ aboveInputTokens }) => aboveInputTokens)).toEqual([
    10_000, 200_000, 500_000, 1_000_000,
  ])
})

test('a tier asks for what its price or the price above has', () => {
  const labels = (text: object, one: object) =>
    tierFields({ ...none, ...text }, { ...tier, ...one }).map(({ label }) => label)
  const usual = ['Input', 'Output', 'Cached input', 'Cache write']
  expect(labels({}, {})).toEqual(usual)
  expect(labels({ audioInputUsd: '3' }, { imageOutputUsd: '4' })).toEqual([...usual, 'Audio in', 'Image out'])
})

const ofTiers = (...tiers: object[]): Partial<PriceText> => ({
  inputUsd: '1',
  outputUsd: '2',
  tiers: tiers.map((each) => ({ ...tier, ...each })),
})

test.each([
  [{ inputUsd: 'much' }, 'Input: "much" is no price.'],
  [{ inputUsd: '-1' }, 'Input: "-1" is no price.'],
  [{ inputUsd: '1' }, 'outputUsd: give inputUsd and outputUsd together'],
  [{ batchShare: '0.5' }, 'the price of a unit'],
  [{ imageKinds: '1024x1024' }, 'write "1024x1024 0.04", not "1024x1024"'],
  [{ inputUsd: '1', outputUsd: '2', batchShare: '5' }, 'Batch, share of price: 5 is more than 1.'],
  [{ inputUsd: '1000001', outputUsd: '2' }, 'Input: 1000001 is more than 1,000,000.'],
  [ofTiers({ aboveInputTokens: 'many' }), 'Above: "many" is no number of tokens'],
  [ofTiers({ aboveInputTokens: '' }), 'Above: "" is no number of tokens'],
  [ofTiers({}, { aboveInputTokens: '200,000' }), 'Above 200,000 tokens: there are two such prices'],
  [ofTiers({ inputUsd: 'x' }), 'Above 200,000 tokens, Input: "x" is no price.'],
  [ofTiers({ outputUsd: '' }), 'Above 200,000 tokens: say what output costs.'],
  [
    ofTiers(...Array.from({ length: 11 }, (_, index) => ({ aboveInputTokens: String(index) }))),
    'There are 11',
  ],
  [{ requestUsd: '1', tiers: [tier] }, 'Input: long prompts have a price'],
])('%j is no price, and says why', (typed, problem) => {
  const read = readPrice('a/b', { ...none, ...typed })
  expect('problem' in read && read.problem).toContain(problem)
})

test('dollar signs, equals signs and colons are understood', () => {
  const read = readPrice('a/b', { ...none, imageUsd: '$0.04', imageKinds: 'hd: $0.08\n1x1 = 0.02' })
  expect(read).toEqual({
    override: { model: 'a/b', imageUsd: 0.04, imageKindsUsd: { hd: 0.08, '1x1': 0.02 } },
  })
})
