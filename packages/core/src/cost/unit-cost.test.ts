import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addUsage, batchCostNano, costNano, findUnpriced } from './index.ts'

const none = {
  inputTokens: 0,
  outputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
}
const noTokens = { inputNano: 0, outputNano: 0 }
const tokens = { inputNano: 2_000_000_000, outputNano: 8_000_000_000 }

test('tokens of pictures have prices of their own', () => {
  const price = { inputNano: 5e9, outputNano: 10e9, imageInputNano: 8e9, imageOutputNano: 32e9 }
  const usage = {
    ...none,
    inputTokens: 300,
    imageInputTokens: 200,
    outputTokens: 1056,
    imageOutputTokens: 1000,
  }
  expect(costNano(usage, price)).toBe(100 * 5000 + 200 * 8000 + 56 * 10_000 + 1000 * 32_000)
  const { imageOutputNano: _, ...without } = price
  expect(costNano(usage, without)).toBe(100 * 5000 + 200 * 8000 + 1056 * 10_000)
})

test.each([
  ['hd/1024x1024', 2, 160_000_000],
  ['standard/1792x1024', 3, 240_000_000],
  ['hd/512x512', 1, 60_000_000],
  ['standard/1024x1024', 1, 40_000_000],
  ['/', 5, 200_000_000],
])('%s pictures cost what their kind costs, the nearest name first', (imageKind, images, cost) => {
  const price = {
    ...noTokens,
    imageNano: 40_000_000,
    imageKindsNano: { 'hd/1024x1024': 80_000_000, '1792x1024': 80_000_000, hd: 60_000_000 },
  }
  expect(costNano({ ...none, imageKind, units: { images } }, price)).toBe(cost)
})

test('an hour of sound is charged to the millisecond, without losing a fraction of a nano-dollar', () => {
  const price = { ...noTokens, audioHourNano: 111_000_000 }
  const heard = (audioMs: number) => costNano({ ...none, units: { audioMs } }, price)
  expect(heard(3_600_000)).toBe(111_000_000)
  // 111,000,000 / 3,600 = 30,833.33...
  expect(heard(1000)).toBe(30_833)
  expect(heard(3000)).toBe(92_500)
  expect(heard(8470)).toBe(261_158)
})

test('characters, searches and searches of files add up with tokens and the call, rounded once', () => {
  const price = {
    ...tokens,
    charactersNano: 15_000_000_000,
    searchNano: 10_000_000,
    fileSearchNano: 2_500_000,
    requestNano: 7,
  }
  const usage = {
    ...none,
    inputTokens: 10,
    outputTokens: 1,
    units: { characters: 4096, searches: 5, fileSearches: 2 },
  }
  expect(costNano(usage, price)).toBe(10 * 2000 + 8000 + 4096 * 15_000 + 3 * 10_000_000 + 2 * 2_500_000 + 7)
  const { fileSearchNano: _, ...same } = price
  expect(costNano(usage, same)).toBe(10 * 2000 + 8000 + 4096 * 15_000 + 5 * 10_000_000 + 7)
})

test('a batch costs its share of all of its requests, rounded once, at the prices of its average prompt', () => {
  const price = {
    inputNano: 333_333_333,
    outputNano: 1e9,
    requestNano: 3,
    batchShare: 0.35,
    tiers: [{ aboveInputTokens: 143, inputNano: 9e9, outputNano: 9e9 }],
  }
  const usage = { ...none, inputTokens: 1001, outputTokens: 10, units: { requests: 7 } }
  // (1001 x 333.333333 + 10 x 1000 + 7 x 3) x 0.35 = 343,687.666333 x 0.35 = 120,290.68...
  expect(batchCostNano(usage, price)).toBe(120_291)
  const { batchShare: _, ...whole } = price
  expect(batchCostNano(usage, whole)).toBe(343_688)
  expect(batchCostNano({ ...usage, inputTokens: 1002 }, whole)).toBe(1002 * 9000 + 10 * 9000 + 7 * 3)
})

test('usage is added part by part, and what nobody counted stays left out', () => {
  const one = { ...none, inputTokens: 1, audioInputTokens: 2, units: { images: 3, searches: 1 } }
  const other = { ...none, inputTokens: 10, outputTokens: 4, units: { searches: 5 } }
  expect(addUsage(one, other)).toEqual({
    ...none,
    inputTokens: 11,
    outputTokens: 4,
    audioInputTokens: 2,
    units: { images: 3, searches: 6 },
  })
  expect(addUsage(none, none)).toEqual(none)
})

test('whole numbers stay exact where numbers of JavaScript would not', () => {
  fc.assert(
    fc.property(fc.nat(1e9), fc.nat(1e6), fc.nat(4e9), fc.nat(2e9), (audioMs, images, hour, image) => {
      const price = { ...noTokens, audioHourNano: hour, imageNano: image }
      const expected =
        (BigInt(images) * BigInt(image) * 7_200_000n + BigInt(audioMs) * BigInt(hour) * 2n + 3_600_000n) /
        7_200_000n
      fc.pre(expected < BigInt(Number.MAX_SAFE_INTEGER))
      expect(costNano({ ...none, units: { audioMs, images } }, price)).toBe(Number(expected))
    }),
  )
})

test('units that are no whole numbers are refused', () => {
  const price = { ...noTokens, audioHourNano: 1 }
  expect(() => costNano({ ...none, units: { audioMs: 1.5 } }, price)).toThrow('1.5 units')
  expect(() => costNano({ ...none, units: { images: -1 } }, price)).toThrow('-1 units')
})

test.each([
  ['pictures without a price', { ...none, units: { images: 1 } }, tokens, ['images']],
  ['pictures paid with tokens', { ...none, outputTokens: 9, units: { images: 1 } }, tokens, undefined],
  [
    'a kind without a price',
    { ...none, imageKind: 'hd/1x1', units: { images: 1 } },
    { ...noTokens, imageKindsNano: { '2x2': 1 } },
    ['images'],
  ],
  ['sound without a price', { ...none, units: { audioMs: 1 } }, tokens, ['audioMs']],
  ['sound with a price', { ...none, units: { audioMs: 1 } }, { ...noTokens, audioHourNano: 1 }, undefined],
  ['characters without a price', { ...none, units: { characters: 1 } }, tokens, ['characters']],
  ['searches beside tokens', { ...none, inputTokens: 9, units: { searches: 1 } }, tokens, ['searches']],
  [
    'searches that the price of the call covers',
    { ...none, units: { searches: 1 } },
    { ...tokens, requestNano: 5 },
    undefined,
  ],
  ['units of a model that is free', { ...none, units: { images: 1, searches: 2 } }, noTokens, undefined],
  [
    'an answer without units at a price of units',
    { ...none, outputTokens: 9 },
    { ...noTokens, audioHourNano: 1 },
    ['units'],
  ],
  [
    'pictures of a tool, which the tokens of the call do not pay',
    { ...none, outputTokens: 9, units: { toolImages: 1, images: 1 } },
    tokens,
    ['toolImages'],
  ],
  [
    'pictures of a tool with a price',
    { ...none, outputTokens: 9, units: { toolImages: 1 } },
    { ...tokens, imageNano: 4 },
    undefined,
  ],
  ['containers', { ...none, outputTokens: 9, units: { containers: 1 } }, tokens, ['containers']],
  [
    'containers with a price',
    { ...none, outputTokens: 9, units: { containers: 1 } },
    { ...tokens, containerNano: 1 },
    undefined,
  ],
  [
    'searches of a model that charges for calls that search',
    { ...none, inputTokens: 9, units: { searches: 3 } },
    { ...tokens, searchCallNano: 1 },
    undefined,
  ],
  ['plain tokens', { ...none, outputTokens: 9 }, tokens, undefined],
  ['tokens of a free model', { ...none, outputTokens: 9 }, noTokens, undefined],
] as const)('what a price does not cover is named: %s', (_, usage, price, missing) => {
  expect(findUnpriced(usage, price)).toEqual(missing)
})

test('what tools did is charged beside tokens: pictures by kind, containers, and searches by the call', () => {
  const price = { ...tokens, imageNano: 40, imageKindsNano: { 'high/1024x1024': 170 }, containerNano: 7 }
  const usage = { ...none, outputTokens: 1_000, units: { toolImages: 2, containers: 3 } }
  expect(costNano(usage, price)).toBe(8_000_000 + 2 * 40 + 3 * 7)
  expect(costNano({ ...usage, imageKind: 'high/1024x1024' }, price)).toBe(8_000_000 + 2 * 170 + 3 * 7)
  const searches = { ...tokens, searchCallNano: 35, fileSearchNano: 2 }
  const searched = (count: number, fileSearches: number, requests?: number) => ({
    ...none,
    units: { searches: count, fileSearches, ...(requests === undefined ? {} : { requests }) },
  })
  expect(costNano(searched(4, 0), searches)).toBe(35)
  expect(costNano(searched(4, 4), searches)).toBe(8)
  // Of several requests together each may have searched.
  expect(batchCostNano(searched(4, 0, 3), searches)).toBe(3 * 35)
  expect(addUsage(usage, usage).units).toEqual({ toolImages: 4, containers: 6 })
})
