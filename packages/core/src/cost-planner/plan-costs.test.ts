import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeRandom } from '../statistics/index.ts'
import { planCosts, repeatShare, sampleCalls, type PlannedModel, type Traffic } from './index.ts'

const price = { inputNano: 3e9, outputNano: 15e9, cachedInputNano: 3e8 }
const model: PlannedModel = { name: 'a/large', price, tokensPerSecond: 50, firstTokenMs: 500 }
const traffic: Traffic = {
  requestsPerDay: 86_400,
  calls: [{ input: 1000, output: 100 }],
  isRecorded: false,
  cacheableShare: 0.5,
  repeatShare: 0.2,
  peakFactor: 3,
}
const options = { shortenBy: 0.1, batchableShare: 1, random: makeRandom(1) }
const plan = (more: Partial<Traffic> = {}, of: PlannedModel = model) => {
  const found = planCosts({ ...traffic, ...more }, [of], options).models[0]
  if (found === undefined) throw new Error('no plan')
  return found
}
const saved = (change: string, found = plan()) =>
  found.savings.find((saving) => saving.change === change)?.savedNano
const month = (nanoPerRequest: number) => Math.round((nanoPerRequest * 86_400 * 365) / 12)

test('a month costs what its calls cost, computed by hand', () => {
  // 1000 x 3000 + 100 x 15000 nano-dollars a call, a call a second.
  expect(plan()).toMatchObject({
    nanoPerRequest: 4_500_000,
    monthNano: month(4_500_000),
    interval: undefined,
  })
  // 100 tokens less, 500 tokens at a tenth, a fifth of calls not made.
  expect(saved('shorter-prompts')).toBe(month(300_000))
  expect(saved('prompt-cache')).toBe(month(500 * 2700))
  expect(saved('response-cache')).toBe(month(900_000))
  expect(saved('batching')).toBeUndefined()
  expect(saved('batching', plan({}, { ...model, batchPriceShare: 0.5 }))).toBe(month(2_250_000))
})

test('calls at once are arrivals at the peak times the seconds that one takes', () => {
  // 3 a second, half a second and 100 tokens at 50 a second.
  expect(plan().peakConcurrency).toBeCloseTo(3 * 2.5)
  expect(plan({}, { name: 'b', price }).peakConcurrency).toBeUndefined()
})

test('models stand side by side, each against the dearest', () => {
  const small = { name: 'a/small', price: { inputNano: 3e8, outputNano: 15e8 } }
  const { models } = planCosts(traffic, [small, model], options)
  expect(models.map(({ name, savedByModelNano }) => [name, savedByModelNano])).toEqual([
    ['a/small', month(4_050_000)],
    ['a/large', 0],
  ])
})

const calls = fc.array(fc.record({ input: fc.nat(200_000), output: fc.nat(10_000) }), {
  minLength: 1,
  maxLength: 8,
})
const prices = fc.record({
  inputNano: fc.nat(1e11),
  outputNano: fc.nat(1e11),
  cachedInputNano: fc.nat(1e11),
})

test('more tokens and higher prices never cost less', () => {
  fc.assert(
    fc.property(calls, prices, fc.nat(5000), fc.nat(1e9), (some, of, moreTokens, morePrice) => {
      const before = plan({ calls: some }, { name: 'm', price: of }).monthNano
      const longer = some.map(({ input, output }) => ({
        input: input + moreTokens,
        output: output + moreTokens,
      }))
      const dearer = { inputNano: of.inputNano + morePrice, outputNano: of.outputNano + morePrice }
      expect(plan({ calls: longer }, { name: 'm', price: of }).monthNano).toBeGreaterThanOrEqual(before)
      expect(plan({ calls: some }, { name: 'm', price: dearer }).monthNano).toBeGreaterThanOrEqual(before)
    }),
  )
})

test('no traffic costs nothing, and no saving is above the cost or below nothing', () => {
  fc.assert(
    fc.property(calls, prices, fc.double({ min: 0, max: 1, noNaN: true }), (some, of, share) => {
      const found = plan({ calls: some, cacheableShare: share, repeatShare: share }, { name: 'm', price: of })
      for (const { savedNano } of found.savings) {
        expect(savedNano).toBeGreaterThanOrEqual(-1)
        expect(savedNano).toBeLessThanOrEqual(found.monthNano + 1)
      }
      const idle = plan({ calls: some, requestsPerDay: 0 }, { name: 'm', price: of, tokensPerSecond: 9 })
      expect([idle.monthNano, idle.peakConcurrency]).toEqual([0, 0])
      expect(idle.savings.every(({ savedNano }) => savedNano === 0)).toBe(true)
    }),
  )
})

test('a prompt that is all cacheable costs the price of cached tokens, one that is not saves nothing', () => {
  expect(saved('prompt-cache', plan({ cacheableShare: 0 }))).toBe(0)
  expect(saved('prompt-cache', plan({ cacheableShare: 1 }))).toBe(month(1000 * 2700))
  expect(saved('response-cache', plan({ repeatShare: 1 }))).toBe(plan().monthNano)
})

test('recorded calls give an interval around the month; calls that are all alike leave no doubt', () => {
  const spread = Array.from({ length: 60 }, (_, index) => ({ input: 100 * index, output: 10 }))
  const found = plan({ calls: spread, isRecorded: true })
  expect(found.interval?.low).toBeLessThan(found.monthNano)
  expect(found.interval?.high).toBeGreaterThan(found.monthNano)
  const alike = plan({ calls: [...traffic.calls, ...traffic.calls], isRecorded: true })
  expect(alike.interval).toEqual({ low: alike.monthNano, high: alike.monthNano })
})

test('sampled calls have the mean that was typed, and about its 95th percentile', () => {
  const sample = sampleCalls({ mean: 1200, p95: 3000 }, { mean: 300, p95: 300 })
  const inputs = sample.map(({ input }) => input).toSorted((a, b) => a - b)
  expect(inputs.reduce((sum, input) => sum + input, 0) / inputs.length).toBeCloseTo(1200, 6)
  expect(Math.abs((inputs[380] ?? 0) / 3000 - 1)).toBeLessThan(0.03)
  expect(new Set(sample.map(({ output }) => Math.round(output)))).toEqual(new Set([300]))
})

test('a repeat counts while the answer is kept, from when it was given', () => {
  const at = (fingerprint: string, atMs: number) => ({ fingerprint, atMs })
  expect(repeatShare([at('a', 0), at('a', 50), at('a', 99), at('a', 100), at('b', 101)], 100)).toBe(0.4)
  expect(repeatShare([], 100)).toBeUndefined()
})

test('shares outside 0 to 1 and a peak below the average are refused by name', () => {
  expect(() => plan({ cacheableShare: 1.5 })).toThrow('cacheableShare is a share from 0 to 1, got 1.5')
  expect(() => plan({ peakFactor: 0.5 })).toThrow('peakFactor is at least 1')
  expect(() => plan({ calls: [] })).toThrow('at least one call')
})
