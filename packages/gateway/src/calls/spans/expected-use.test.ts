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
