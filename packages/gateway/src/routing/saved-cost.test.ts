import { usage } from '@ratchet/contract'
import { expect, test } from 'vitest'
import { savedCostNano } from './saved-cost.ts'

const answered = usage.parse({ inputTokens: 1_000, outputTokens: 500 })
const baseline = { inputNano: 3e9, outputNano: 15e9 }

test('the saved cost is what the baseline would have charged, less everything that was spent', () => {
  expect(savedCostNano({ usage: answered, spentNano: 500_000, baseline })).toBe(
    3_000_000 + 7_500_000 - 500_000,
  )
})

test('a cascade that climbed cost more than the baseline alone', () => {
  expect(savedCostNano({ usage: answered, spentNano: 11_000_000, baseline })).toBe(-500_000)
})

test('without a price, or with figures that make no sense, nothing is claimed', () => {
  expect(savedCostNano({ usage: answered, spentNano: 1, baseline: undefined })).toBeUndefined()
  const nonsense = { ...answered, inputTokens: 1e300 }
  expect(savedCostNano({ usage: nonsense, spentNano: 1, baseline })).toBeUndefined()
})
