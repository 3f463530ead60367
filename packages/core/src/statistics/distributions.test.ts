import fc from 'fast-check'
import { expect, test } from 'vitest'
import { normalCdf, normalQuantile, studentTCdf, studentTQuantile } from './index.ts'

test('the normal distribution function matches published values, also deep in the tail', () => {
  expect(normalCdf(0)).toBeCloseTo(0.5, 15)
  expect(normalCdf(1)).toBeCloseTo(0.8413447460685429, 14)
  expect(normalCdf(1.959963984540054)).toBeCloseTo(0.975, 14)
  expect(normalCdf(-5) / 2.866515718791939e-7).toBeCloseTo(1, 11)
  expect(normalCdf(-10) / 7.619853024160527e-24).toBeCloseTo(1, 11)
})

test('the normal quantile matches published values', () => {
  expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 13)
  expect(normalQuantile(0.8)).toBeCloseTo(0.8416212335729143, 13)
  expect(normalQuantile(0.995)).toBeCloseTo(2.5758293035489004, 12)
  expect(normalQuantile(1e-10)).toBeCloseTo(-6.361340902404056, 10)
  expect([normalQuantile(0), normalQuantile(1), normalQuantile(0.5)]).toEqual([-Infinity, Infinity, 0])
  expect(normalQuantile(1.2)).toBeNaN()
})

test('the Student t quantile matches printed tables', () => {
  const table = [
    [1, 12.706204736174694],
    [2, 4.302652729749462],
    [3, 3.182446305284263],
    [7, 2.364624251592785],
    [10, 2.2281388519649385],
    [30, 2.042272456301238],
    [120, 1.979930405052777],
  ] as const
  for (const [degrees, expected] of table) expect(studentTQuantile(0.975, degrees)).toBeCloseTo(expected, 10)
})

test('the Student t distribution function equals its closed forms for 1, 2 and 4 degrees', () => {
  for (const t of [-8, -2.5, -0.3, 0, 0.7, 1.9, 40]) {
    expect(studentTCdf(t, 1)).toBeCloseTo(0.5 + Math.atan(t) / Math.PI, 12)
    expect(studentTCdf(t, 2)).toBeCloseTo(0.5 + t / (2 * Math.sqrt(2 + t * t)), 12)
    const u = t / Math.sqrt(1 + (t * t) / 4)
    expect(studentTCdf(t, 4)).toBeCloseTo(0.5 + (3 / 8) * u * (1 - (u * u) / 12), 12)
  }
})

test('with very many degrees Student t becomes normal', () => {
  expect(studentTCdf(1.3, 1e9)).toBeCloseTo(normalCdf(1.3), 8)
  expect(studentTQuantile(0.975, 1e9)).toBeCloseTo(1.959963984540054, 8)
})

test('quantiles invert distribution functions', () => {
  const probability = fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true })
  fc.assert(
    fc.property(probability, fc.integer({ min: 1, max: 500 }), (p, degrees) => {
      expect(Math.abs(normalCdf(normalQuantile(p)) - p)).toBeLessThan(1e-12)
      expect(Math.abs(studentTCdf(studentTQuantile(p, degrees), degrees) - p)).toBeLessThan(1e-10)
    }),
  )
})
