import fc from 'fast-check'
import { expect, test } from 'vitest'
import { costNano } from './index.ts'

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
