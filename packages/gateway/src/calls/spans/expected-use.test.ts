import { expect, test } from 'vitest'
import { ExpectedUse } from './expected-use.ts'

type Given = ConstructorParameters<typeof ExpectedUse>
const noTokens = { inputNano: 0, outputNano: 0 }

function estimated(inputField: string, json: object, price: object): number {
  const request = { json, shape: { inputField } } as Given[0]
  const facts = { inputTokens: 0 } as Given[1]
  return new ExpectedUse(request, facts, { price: { ...noTokens, ...price } } as Given[2]).costNano
}

test.each([
  ['prompt', { n: 3, quality: 'hd', size: '1x1' }, { imageNano: 5, imageKindsNano: { 'hd/1x1': 7 } }, 21],
  ['prompt', {}, { imageNano: 5 }, 5],
  ['prompt', { n: 1e15 }, { imageNano: 5 }, 5],
  ['prompt', { n: 3 }, {}, 0],
  ['input', { input: 'Hello' }, { charactersNano: 15e9 }, 75_000],
  ['input', { input: ['Hello'] }, { charactersNano: 15e9 }, 0],
  ['documents', { documents: [] }, { searchNano: 2_000_000 }, 2_000_000],
  ['messages', { n: 3 }, { imageNano: 5, requestNano: 1 }, 1],
])('what a request with %s %j will use at %j is reserved before: %d', (field, json, price, costNano) => {
  expect(estimated(field, json, price)).toBe(costNano)
})

test.each([
  ['messages', {}, 512],
  ['messages', { max_tokens: 100 }, 100],
  ['messages', { max_completion_tokens: 50, n: 8 }, 400],
  ['messages', { n: 3 }, 3 * 512],
  ['input', { max_output_tokens: 70 }, 70],
  ['contents', { generationConfig: { maxOutputTokens: 32_000 } }, 32_000],
  ['contents', { generationConfig: { maxOutputTokens: 1_000, candidateCount: 4 } }, 4_000],
  ['contents', { generationConfig: 'none' }, 512],
  ['messages', { max_tokens: Number.MAX_SAFE_INTEGER, n: 1e9 }, 10_000_000],
  ['messages', { max_tokens: -1, n: 'many' }, 512],
])('of a request with %s %j so many tokens of answer are reserved: %d', (inputField, json, tokens) => {
  const request = { json, shape: { inputField } } as Given[0]
  const price = { inputNano: 0, outputNano: 600e9 }
  const expected = new ExpectedUse(request, { inputTokens: 7 } as Given[1], { price } as Given[2])
  expect(expected.tokens).toBe(7 + tokens)
  expect(expected.costNano).toBe(tokens * 600_000)
})
