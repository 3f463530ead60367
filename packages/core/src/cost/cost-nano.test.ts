import fc from 'fast-check'
import { expect, test } from 'vitest'
import { costNano, findOverride, splitUsage } from './index.ts'

const noUsage = {
  inputTokens: 0,
  outputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
}
// 3 and 15 dollars per million tokens, cache reads at a tenth, writes at 1.25 times.
const price = { inputNano: 3e9, outputNano: 15e9, cachedInputNano: 3e8, cacheWriteNano: 3.75e9 }

test('each kind of token has its price', () => {
  const usage = {
    inputTokens: 1000,
    cachedInputTokens: 400,
    cacheWriteTokens: 100,
    outputTokens: 200,
    reasoningTokens: 50,
  }
  expect(costNano(usage, price)).toBe(500 * 3000 + 400 * 300 + 100 * 3750 + 200 * 15_000)
})

test('kinds without a price cost what their kind costs', () => {
  const plain = { inputNano: 3e9, outputNano: 15e9 }
  const usage = { ...noUsage, inputTokens: 1000, cachedInputTokens: 400, cacheWriteTokens: 100 }
  expect(costNano(usage, plain)).toBe(3_000_000)
})

test('an hour in the cache, sound and the call itself have prices of their own', () => {
  const rich = {
    ...price,
    cacheWriteHourNano: 6e9,
    audioInputNano: 32e9,
    audioOutputNano: 64e9,
    requestNano: 5,
  }
  const usage = {
    ...noUsage,
    inputTokens: 1000,
    cacheWriteTokens: 300,
    cacheWriteHourTokens: 200,
    audioInputTokens: 400,
    outputTokens: 100,
    audioOutputTokens: 60,
  }
  expect(costNano(usage, rich)).toBe(
    300 * 3000 + 100 * 3750 + 200 * 6000 + 400 * 32_000 + 40 * 15_000 + 60 * 64_000 + 5,
  )
  expect(costNano(usage, price)).toBe(700 * 3000 + 300 * 3750 + 100 * 15_000)
})

test('a long prompt makes every token of its call dearer, from the first token above the border on', () => {
  const tiered = {
    ...price,
    tiers: [
      { aboveInputTokens: 200_000, inputNano: 6e9, outputNano: 22.5e9, cachedInputNano: 6e8 },
      { aboveInputTokens: 500_000, inputNano: 9e9, outputNano: 30e9 },
    ],
  }
  const usage = { ...noUsage, outputTokens: 100 }
  expect(costNano({ ...usage, inputTokens: 200_000 }, tiered)).toBe(200_000 * 3000 + 100 * 15_000)
  expect(costNano({ ...usage, inputTokens: 200_001 }, tiered)).toBe(200_001 * 6000 + 100 * 22_500)
  expect(costNano({ ...usage, inputTokens: 500_001, cachedInputTokens: 1 }, tiered)).toBe(
    500_001 * 9000 + 100 * 30_000,
  )
})

test('parts that exceed their whole are cut, so that no token is charged twice', () => {
  const usage = {
    ...noUsage,
    inputTokens: 100,
    cacheWriteTokens: 60,
    cacheWriteHourTokens: 90,
    audioInputTokens: 90,
    outputTokens: 10,
    audioOutputTokens: 20,
  }
  expect(splitUsage(usage)).toEqual({
    freshInput: 0,
    cachedInput: 0,
    cacheWrite: 0,
    cacheWriteHour: 60,
    audioInput: 40,
    imageInput: 0,
    output: 0,
    audioOutput: 10,
    imageOutput: 0,
  })
})

test('rounding happens once, half up', () => {
  const cheap = { inputNano: 250_000, outputNano: 250_000 }
  expect(costNano({ ...noUsage, inputTokens: 1 }, cheap)).toBe(0)
  expect(costNano({ ...noUsage, inputTokens: 1, outputTokens: 1 }, cheap)).toBe(1)
})

test('a report with more cached than input tokens charges no token twice', () => {
  const usage = { ...noUsage, inputTokens: 100, cachedInputTokens: 500, cacheWriteTokens: 500 }
  expect(costNano(usage, price)).toBe(100 * 300)
})

test('nonsense is refused with its value', () => {
  expect(() => costNano({ ...noUsage, inputTokens: 1.5 }, price)).toThrow('1.5 tokens')
  expect(() => costNano({ ...noUsage, inputTokens: 9e15 }, price)).toThrow('too large')
})

const tokens = fc.nat(2_000_000)
const anyPrice = fc.record({ inputNano: fc.nat(1e11), outputNano: fc.nat(1e11) })
const usageOf = (inputTokens: number, outputTokens: number) => ({ ...noUsage, inputTokens, outputTokens })

test('cost is never negative and never falls when tokens are added', () => {
  fc.assert(
    fc.property(tokens, tokens, tokens, anyPrice, (input, output, more, some) => {
      const cost = costNano(usageOf(input, output), some)
      expect(cost).toBeGreaterThanOrEqual(0)
      expect(costNano(usageOf(input + more, output), some)).toBeGreaterThanOrEqual(cost)
      expect(costNano(usageOf(input, output + more), some)).toBeGreaterThanOrEqual(cost)
    }),
  )
})

test('the cost of two calls together differs from their sum by at most one nano-dollar', () => {
  fc.assert(
    fc.property(tokens, tokens, tokens, tokens, anyPrice, (a, b, c, d, some) => {
      const together = costNano(usageOf(a + c, b + d), some)
      const apart = costNano(usageOf(a, b), some) + costNano(usageOf(c, d), some)
      expect(Math.abs(together - apart)).toBeLessThanOrEqual(1)
    }),
  )
})

test('the override of the very name counts before the longest beginning', () => {
  const override = (model: string) => ({ model, inputUsd: 1, outputUsd: 2 })
  const overrides = [override('openai/*'), override('openai/gpt-5*'), override('openai/gpt-5'), override('*')]
  const found = (connection: string, model: string) => findOverride(overrides, connection, model)?.model
  expect(found('openai', 'gpt-5')).toBe('openai/gpt-5')
  expect(found('openai', 'gpt-5-mini')).toBe('openai/gpt-5*')
  expect(found('openai', 'o3')).toBe('openai/*')
  expect(found('local', 'llama')).toBe('*')
  expect(findOverride([override('openai/gpt-5')], 'openai', 'gpt-5-mini')).toBeUndefined()
})
